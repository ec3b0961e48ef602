package io.github.ocspstapler.servers;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.spi.tls.SslContextFactory;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.NullUnmarked;

/** Vert.x's OpenSSL engine with OCSP stapling switched on; for servers only. */
@NullUnmarked // as Vert.x is
// guide: vertx.md
final class StaplingOpenSsl extends OpenSSLEngineOptions {
  @Override
  public StaplingOpenSsl copy() {
    return this; // nothing in it changes
  }

  @Override
  public SslContextFactory sslContextFactory() {
    return new Contexts();
  }

  private static final class Contexts implements SslContextFactory {
    private ClientAuth clientAuth = ClientAuth.NONE;
    private Set<String> protocols = Set.of();
    private List<String> applicationProtocols = List.of();
    private KeyManagerFactory keys;
    private TrustManagerFactory trust;

    @Override
    public SslContextFactory forServer(ClientAuth auth) {
      clientAuth = auth;
      return this;
    }

    @Override
    public SslContextFactory enabledProtocols(Set<String> names) {
      protocols = names == null ? Set.of() : names;
      return this;
    }

    @Override
    public SslContextFactory applicationProtocols(List<String> names) {
      applicationProtocols = names == null ? List.of() : names; // null: no ALPN
      return this;
    }

    @Override
    public SslContextFactory keyMananagerFactory(KeyManagerFactory factory) { // Vert.x's spelling
      keys = factory;
      return this;
    }

    @Override
    public SslContextFactory trustManagerFactory(TrustManagerFactory factory) {
      trust = factory;
      return this;
    }

    @Override
    public SslContext create() throws SSLException {
      SslContextBuilder builder =
          SslContextBuilder.forServer(keys)
              .sslProvider(SslProvider.OPENSSL)
              .enableOcsp(true)
              .trustManager(trust)
              .clientAuth(clientAuth);
      if (!protocols.isEmpty()) {
        builder.protocols(protocols);
      }
      if (!applicationProtocols.isEmpty()) {
        builder.applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                applicationProtocols));
      }
      return builder.build();
    }
  }
}
// end
