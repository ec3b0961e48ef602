package io.github.ocspstapler.servers;

import io.github.ocspstapler.Stapler;
import io.helidon.common.tls.Tls;
import io.helidon.webserver.WebServer;
import java.net.InetAddress;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;

/** Compiled and run from JDK 21 on, as Helidon 4 is. */
final class HelidonServer implements TlsServer {
  @Override
  public String name() {
    return "Helidon";
  }

  @Override
  public String page() {
    return "helidon.md";
  }

  @Override
  public Class<?> member() {
    return WebServer.class;
  }

  @Override
  public Running start(Stapler stapler, X509ExtendedKeyManager first) throws Exception {
    SwitchingKeyManager keyManager = new SwitchingKeyManager(first);
    int port = 0;

    // guide: helidon.md
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(new KeyManager[] {stapler.wrap(keyManager)}, null, null);
    WebServer server =
        WebServer.builder()
            .address(InetAddress.getLoopbackAddress())
            .port(port)
            .tls(Tls.builder().sslContext(tls).build())
            .build()
            .start();
    // end

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
        server.stop();
      }
    };
  }
}
