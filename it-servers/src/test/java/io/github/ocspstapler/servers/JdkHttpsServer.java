package io.github.ocspstapler.servers;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.ocspstapler.Stapler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;

final class JdkHttpsServer implements TlsServer {
  @Override
  public String name() {
    return "JDK HttpsServer";
  }

  @Override
  public String page() {
    return "httpsserver.md";
  }

  @Override
  public Class<?> member() {
    return HttpsServer.class;
  }

  @Override
  public String version() {
    return "JDK's";
  }

  @Override
  public Running start(Stapler stapler, X509ExtendedKeyManager first) throws Exception {
    SwitchingKeyManager keyManager = new SwitchingKeyManager(first);
    int port = 0;

    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(new KeyManager[] {stapler.wrap(keyManager)}, null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));

    server.start();
    return new Running() {
      @Override
      public int port() {
        return server.getAddress().getPort();
      }

      @Override
      public void renew(X509ExtendedKeyManager next) {
        keyManager.switchTo(next);
      }

      @Override
      public void stop() {
        server.stop(0);
      }
    };
  }
}
