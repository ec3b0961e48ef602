package io.github.ocspstapler.servers;

import io.github.ocspstapler.Stapler;
import io.javalin.Javalin;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;

final class JavalinServer implements TlsServer {
  @Override
  public String name() {
    return "Javalin";
  }

  @Override
  public String page() {
    return "javalin.md";
  }

  @Override
  public Class<?> member() {
    return Javalin.class;
  }

  @Override
  public Running start(Stapler stapler, X509ExtendedKeyManager keyManager) throws Exception {
    int port = 0;

    // guide: javalin.md
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(new KeyManager[] {stapler.wrap(keyManager)}, null, null);
    SslContextFactory.Server factory = new SslContextFactory.Server();
    factory.setSslContext(tls);

    Javalin app =
        Javalin.create(config -> {
          config.jetty.addConnector((server, http) -> {
            ServerConnector connector = new ServerConnector(server, factory);
            connector.setHost("127.0.0.1");
            connector.setPort(port);
            return connector;
          });
          config.routes.get("/", context -> context.result("stapled"));
        });
    app.start();
    // end

    return new Running() {
      @Override
      public int port() {
        return app.port();
      }

      @Override
      public void renew(X509ExtendedKeyManager newKeyManager) throws Exception {
        SSLContext next = SSLContext.getInstance("TLS");
        next.init(new KeyManager[] {stapler.wrap(newKeyManager)}, null, null);
        factory.reload(any -> factory.setSslContext(next));
      }

      @Override
      public void stop() {
        app.stop();
      }
    };
  }
}
