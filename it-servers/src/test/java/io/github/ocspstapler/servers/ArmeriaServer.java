package io.github.ocspstapler.servers;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.Server;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.netty.NettyStapling;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import javax.net.ssl.X509ExtendedKeyManager;

final class ArmeriaServer implements TlsServer {
  @Override
  public String name() {
    return "Armeria, OpenSSL";
  }

  @Override
  public String page() {
    return "netty.md";
  }

  @Override
  public Class<?> member() {
    return Server.class;
  }

  @Override
  public Running start(Stapler stapler, X509ExtendedKeyManager first) {
    SwitchingKeyManager keyManager = new SwitchingKeyManager(first);
    Server server =
        Server.builder()
            .https(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .tls(NettyStapling.keyManagerFactory(stapler, keyManager))
            .tlsCustomizer(builder -> builder.enableOcsp(true))
            .service("/", (context, request) -> HttpResponse.of(200))
            .build();
    server.start().join();
    return new Running() {
      @Override
      public int port() {
        return server.activeLocalPort();
      }

      @Override
      public void renew(X509ExtendedKeyManager next) {
        keyManager.switchTo(next);
      }

      @Override
      public void stop() {
        server.stop().join();
      }
    };
  }
}
