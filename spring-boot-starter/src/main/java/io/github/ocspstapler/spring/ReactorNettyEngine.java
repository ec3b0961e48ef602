package io.github.ocspstapler.spring;

import java.util.function.BooleanSupplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/** Says so where Reactor Netty takes an engine that gets no staples. Changes nothing. */
final class ReactorNettyEngine
    implements WebServerFactoryCustomizer<AbstractConfigurableWebServerFactory> {
  private static final Log log = LogFactory.getLog(ReactorNettyEngine.class);

  private final BooleanSupplier openSsl;

  ReactorNettyEngine(BooleanSupplier openSsl) {
    this.openSsl = openSsl;
  }

  @Override
  public void customize(AbstractConfigurableWebServerFactory factory) {
    if (isReactorNetty(factory) && Ssl.isEnabled(factory.getSsl()) && openSsl.getAsBoolean()) {
      log.warn(
          "Reactor Netty takes OpenSSL's engine, because netty-tcnative is on the class path, and"
              + " handshakes go on unstapled. Leave netty-tcnative out, and it takes the JDK's,"
              + " which is stapled.");
    }
  }

  /** By name: the class lives in one package of Spring Boot 3 and in another of 4. */
  private static boolean isReactorNetty(AbstractConfigurableWebServerFactory factory) {
    for (Class<?> type = factory.getClass(); type != null; type = type.getSuperclass()) {
      if (type.getSimpleName().equals("NettyReactiveWebServerFactory")) {
        return true;
      }
    }
    return false;
  }
}
