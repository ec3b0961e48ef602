package io.github.ocspstapler.servers;

import io.github.ocspstapler.Stapler;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;

final class JettyServer implements TlsServer {
  @Override
  public String name() {
    return "Jetty";
  }

  @Override
  public String page() {
    return "jetty.md";
  }

  @Override
  public Class<?> member() {
    return Server.class;
  }

  @Override
  public Running start(Stapler stapler, X509ExtendedKeyManager keyManager) throws Exception {
    int port = 0;

    // guide: jetty.md
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(new KeyManager[] {stapler.wrap(keyManager)}, null, null);
    SslContextFactory.Server factory = new SslContextFactory.Server();
    factory.setSslContext(tls);

    Server server = new Server();
    ServerConnector connector = new ServerConnector(server, factory);
    connector.setPort(port);
    server.addConnector(connector);
    // end

    connector.setHost("127.0.0.1");
    server.start();
    return new Running() {
      @Override
      public int port() {
        return connector.getLocalPort();
      }

      @Override
      public void renew(X509ExtendedKeyManager newKeyManager) throws Exception {
        // guide: jetty.md
        SSLContext next = SSLContext.getInstance("TLS");
        next.init(new KeyManager[] {stapler.wrap(newKeyManager)}, null, null);
        factory.reload(any -> factory.setSslContext(next));
        // end
      }

      @Override
      public void stop() throws Exception {
        server.stop();
      }
    };
  }
}
