package io.github.ocspstapler.servers;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.netty.NettyStapling;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import javax.net.ssl.X509ExtendedKeyManager;

final class VertxOpenSslServer implements TlsServer {
  @Override
  public String name() {
    return "Vert.x, OpenSSL";
  }

  @Override
  public String page() {
    return "vertx.md";
  }

  @Override
  public Class<?> member() {
    return Vertx.class;
  }

  @Override
  public Running start(Stapler stapler, X509ExtendedKeyManager keyManager) {
    int port = 0;
    Vertx vertx = Vertx.vertx();

    // guide: vertx.md
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setSslEngineOptions(new StaplingOpenSsl())
            .setKeyCertOptions(KeyCertOptions.wrap(NettyStapling.keyManager(stapler, keyManager)));
    // end
    HttpServer server =
        vertx.createHttpServer(options).requestHandler(request -> request.response().end());
    server.listen(port, "127.0.0.1").await();

    return new Running() {
      @Override
      public int port() {
        return server.actualPort();
      }

      @Override
      public void renew(X509ExtendedKeyManager newKeyManager) {
        KeyCertOptions renewed =
            KeyCertOptions.wrap(NettyStapling.keyManager(stapler, newKeyManager));
        server.updateSSLOptions(new ServerSSLOptions().setKeyCertOptions(renewed)).await();
      }

      @Override
      public void stop() {
        vertx.close().await();
      }
    };
  }
}
