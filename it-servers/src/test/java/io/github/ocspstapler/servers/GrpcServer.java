package io.github.ocspstapler.servers;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.netty.NettyStapling;
import io.grpc.Server;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import javax.net.ssl.X509ExtendedKeyManager;

final class GrpcServer implements TlsServer {
  @Override
  public String name() {
    return "gRPC-Java, OpenSSL";
  }

  @Override
  public String page() {
    return "netty.md";
  }

  @Override
  public Class<?> member() {
    return NettyServerBuilder.class;
  }

  @Override
  public Running start(Stapler stapler, X509ExtendedKeyManager first) throws Exception {
    SwitchingKeyManager keyManager = new SwitchingKeyManager(first);
    SslContext tls =
        GrpcSslContexts.configure(NettyStapling.serverContext(stapler, keyManager)).build();
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(tls)
            .build()
            .start();
    return new Running() {
      @Override
      public int port() {
        return server.getPort();
      }

      @Override
      public void renew(X509ExtendedKeyManager next) {
        keyManager.switchTo(next);
      }

      @Override
      public void stop() throws Exception {
        server.shutdownNow().awaitTermination();
      }
    };
  }
}
