package io.github.ocspstapler.spring;

import static io.github.ocspstapler.spring.CheckedProperty.set;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.StaplerListener;
import io.github.ocspstapler.StaplerMetrics;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.spring.OcspStaplerProperties.Client;
import io.github.ocspstapler.spring.OcspStaplerProperties.Retry;
import io.github.ocspstapler.store.StapleStore;
import io.netty.handler.ssl.OpenSsl;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Path;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.netty.http.server.HttpServer;

/**
 * A {@link Stapler} for all SSL bundles of an application, unless {@code ocsp-stapler.enabled} is
 * false.
 *
 * <p>A bean of yours takes the place of {@link Stapler} or {@link OcspClient}, and a {@link
 * StapleStore}, {@link StaplerListener}, {@link StaplerMetrics} or {@link StaplerBuilderCustomizer}
 * is used. The stapler is made before the registry of SSL bundles and before a web server, so that
 * every {@code SSLContext} made for them can staple: none of these beans may need a bundle.
 */
@AutoConfiguration(before = SslAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "ocsp-stapler.enabled", matchIfMissing = true)
@EnableConfigurationProperties(OcspStaplerProperties.class)
public final class OcspStaplerAutoConfiguration {
  /** Creates the configuration; Spring does. */
  public OcspStaplerAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  OcspClient ocspClient(OcspStaplerProperties properties) {
    Client settings = properties.client();
    OcspClient.Builder client = OcspClient.builder().nonce(settings.nonce());
    set("client.connect-timeout", settings.connectTimeout(), client::connectTimeout);
    set("client.timeout", settings.timeout(), client::timeout);
    set("client.proxy", settings.proxy(), proxy -> client.proxy(ProxySelector.of(address(proxy))));
    return client.build();
  }

  private static InetSocketAddress address(URI proxy) {
    if (!"http".equals(proxy.getScheme()) || proxy.getHost() == null || proxy.getPort() < 0) {
      throw new IllegalArgumentException("expected: http://host:port");
    }
    return InetSocketAddress.createUnresolved(proxy.getHost(), proxy.getPort());
  }

  @Bean
  @ConditionalOnMissingBean
  Stapler stapler(
      OcspStaplerProperties properties,
      OcspClient client,
      ObjectProvider<StapleStore> store,
      ObjectProvider<StaplerListener> listener,
      ObjectProvider<StaplerMetrics> metrics,
      ObjectProvider<StaplerBuilderCustomizer> customizers) {
    Stapler.Builder stapler = Stapler.builder().client(client);
    stapler.delivery(
        delivery(properties.delivery(), OcspStaplerAutoConfiguration.class.getClassLoader()));
    stapler.policy(properties.policy());
    set("stop-serving-before", properties.stopServingBefore(), stapler::stopServingBefore);
    setRetry(properties.retry(), stapler);
    if (properties.relayRevoked()) {
      stapler.relayRevoked();
    }
    Path directory = properties.store().directory();
    if (directory != null) {
      stapler.store(StapleStore.directory(directory));
    }
    store.ifAvailable(stapler::store);
    listener.ifAvailable(stapler::listener);
    metrics.ifAvailable(stapler::metrics);
    customizers.orderedStream().forEach(customizer -> customizer.customize(stapler));
    return stapler.build();
  }

  private static void setRetry(Retry retry, Stapler.Builder stapler) {
    set("retry.first", retry.first(), first -> stapler.retry(first, first));
    set("retry.longest", retry.longest(), longest -> stapler.retry(retry.first(), longest));
  }

  /**
   * In an executable jar the in-process way is shut: the JDK looks for it on the system class
   * loader, and we are in a nested jar. Asked for at once, the loopback way comes without warnings.
   */
  static JsseDelivery.Mode delivery(JsseDelivery.Mode asked, ClassLoader own) {
    return asked == JsseDelivery.Mode.AUTOMATIC && !own.equals(ClassLoader.getSystemClassLoader())
        ? JsseDelivery.Mode.LOOPBACK
        : asked;
  }

  @Bean
  StapledBundles stapledBundles(Stapler stapler, OcspStaplerProperties properties) {
    return new StapledBundles(stapler, properties.bundles(), properties.goLiveWait());
  }

  /** Closed by Spring, before the stapler is. */
  @Bean
  HandshakeProvider ocspStaplerHandshakeProvider(
      Stapler stapler, StapledBundles bundles, OcspStaplerProperties properties) {
    return HandshakeProvider.of(properties.policy(), stapler, bundles::wrapOurs);
  }

  @Bean
  GoLive ocspStaplerGoLive(StapledBundles bundles) {
    return new GoLive(bundles);
  }

  /**
   * The registry cannot be made without it: nobody gets hold of a bundle, or makes a key manager of
   * one, before the stapler and the provider are there.
   */
  @Bean
  SslBundleRegistrar ocspStaplerBundleRegistrar(
      StapledBundles stapled, HandshakeProvider provider) {
    return registry -> {
      if (registry instanceof SslBundles bundles) {
        stapled.watch(bundles);
      }
    };
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(AbstractConfigurableWebServerFactory.class)
  static class WebServer {
    @Bean
    StapledWebServer ocspStaplerWebServerCustomizer(
        StapledBundles bundles, HandshakeProvider provider) {
      return new StapledWebServer(bundles);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({AbstractConfigurableWebServerFactory.class, HttpServer.class, OpenSsl.class})
  static class ReactorNetty {
    @Bean
    ReactorNettyEngine ocspStaplerReactorNettyEngine() {
      return new ReactorNettyEngine(OpenSsl::isAvailable);
    }
  }
}
