package io.github.ocspstapler.servers;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.netty.NettyStapling;
import io.netty.handler.ssl.SslContext;
import javax.net.ssl.X509ExtendedKeyManager;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

final class ReactorNettyServer implements TlsServer {
  @Override
  public String name() {
    return "Reactor Netty, OpenSSL";
  }

  @Override
  public String page() {
    return "netty.md";
  }

  @Override
  public Class<?> member() {
    return HttpServer.class;
  }

  @Override
  public Running start(Stapler stapler, X509ExtendedKeyManager first) throws Exception {
    SwitchingKeyManager keyManager = new SwitchingKeyManager(first);
    SslContext tls = NettyStapling.serverContext(stapler, keyManager).build();
    DisposableServer server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .secure(spec -> spec.sslContext(tls))
            .handle((request, response) -> response.send())
            .bindNow();
    return new Running() {
      @Override
      public int port() {
        return server.port();
      }

      @Override
      public void renew(X509ExtendedKeyManager next) {
        keyManager.switchTo(next);
      }

      @Override
      public void stop() {
        server.disposeNow();
      }
    };
  }
}
