package io.github.ocspstapler.spring;

import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.WebServerSslBundle;
import org.springframework.core.Ordered;

/**
 * Sees to it that the stapler is there before a web server is made, and knows its certificate even
 * if that is in {@code server.ssl.*} and not in a bundle. Changes nothing about the server.
 */
final class StapledWebServer
    implements WebServerFactoryCustomizer<AbstractConfigurableWebServerFactory>, Ordered {
  private final StapledBundles bundles;

  StapledWebServer(StapledBundles bundles) {
    this.bundles = bundles;
  }

  @Override
  public void customize(AbstractConfigurableWebServerFactory factory) {
    SslBundles registered = factory.getSslBundles();
    if (registered != null) {
      bundles.watch(registered);
    }
    Ssl ssl = factory.getSsl();
    if (ssl != null && ssl.isEnabled() && ssl.getBundle() == null) {
      bundles.keep("server.ssl", WebServerSslBundle.get(ssl, registered));
    }
  }

  /** After those that set what is read here. */
  @Override
  public int getOrder() {
    return LOWEST_PRECEDENCE;
  }
}
