package io.github.ocspstapler.servers;

import io.github.ocspstapler.Stapler;
import io.undertow.Undertow;
import java.net.InetSocketAddress;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;

final class UndertowServer implements TlsServer {
  @Override
  public String name() {
    return "Undertow";
  }

  @Override
  public String page() {
    return "undertow.md";
  }

  @Override
  public Class<?> member() {
    return Undertow.class;
  }

  @Override
  public Running start(Stapler stapler, X509ExtendedKeyManager keyManager) throws Exception {
    int port = 0;

    // guide: undertow.md
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(new KeyManager[] {stapler.wrap(keyManager)}, null, null);
    Undertow server =
        Undertow.builder()
            .addHttpsListener(port, "127.0.0.1", tls)
            .setHandler(exchange -> exchange.getResponseSender().send("stapled"))
            .build();
    server.start();
    // end

    return new Running() {
      @Override
      public int port() {
        return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
      }

      @Override
      public void renew(X509ExtendedKeyManager newKeyManager) throws Exception {
        // guide: undertow.md
        SSLContext next = SSLContext.getInstance("TLS");
        next.init(new KeyManager[] {stapler.wrap(newKeyManager)}, null, null);
        server.getListenerInfo().get(0).setSslContext(next);
        // end
      }

      @Override
      public void stop() {
        server.stop();
      }
    };
  }
}
