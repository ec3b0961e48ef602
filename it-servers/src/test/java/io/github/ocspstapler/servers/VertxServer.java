package io.github.ocspstapler.servers;

import io.github.ocspstapler.Stapler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import javax.net.ssl.X509ExtendedKeyManager;

final class VertxServer implements TlsServer {
  @Override
  public String name() {
    return "Vert.x, JDK's TLS";
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
            .setSslEngineOptions(new JdkSSLEngineOptions().setUseWorkerThread(true))
            .setKeyCertOptions(KeyCertOptions.wrap(stapler.wrap(keyManager)));
    HttpServer server =
        vertx.createHttpServer(options).requestHandler(request -> request.response().end());
    server.listen(port, "127.0.0.1").await();
    // end

    return new Running() {
      @Override
      public int port() {
        return server.actualPort();
      }

      @Override
      public void renew(X509ExtendedKeyManager newKeyManager) {
        // guide: vertx.md
        KeyCertOptions renewed = KeyCertOptions.wrap(stapler.wrap(newKeyManager));
        server.updateSSLOptions(new ServerSSLOptions().setKeyCertOptions(renewed)).await();
        // end
      }

      @Override
      public void stop() {
        vertx.close().await();
      }
    };
  }
}
