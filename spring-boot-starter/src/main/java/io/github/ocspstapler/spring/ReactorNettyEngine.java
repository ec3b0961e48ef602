package io.github.ocspstapler.spring;

import java.util.function.BooleanSupplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/** Says so where Reactor Netty takes an engine that gets no staples. Changes nothing. */
final class ReactorNettyEngine
    implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory> {
  private static final Log log = LogFactory.getLog(ReactorNettyEngine.class);

  private final BooleanSupplier openSsl;

  ReactorNettyEngine(BooleanSupplier openSsl) {
    this.openSsl = openSsl;
  }

  @Override
  public void customize(NettyReactiveWebServerFactory factory) {
    if (Ssl.isEnabled(factory.getSsl()) && openSsl.getAsBoolean()) {
      log.warn(
          "Reactor Netty takes OpenSSL's engine, because netty-tcnative is on the class path, and"
              + " handshakes go on unstapled. Leave netty-tcnative out, and it takes the JDK's,"
              + " which is stapled.");
    }
  }
}
