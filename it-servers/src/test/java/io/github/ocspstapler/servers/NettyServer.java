package io.github.ocspstapler.servers;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.netty.NettyStapling;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.X509ExtendedKeyManager;

final class NettyServer implements TlsServer {
  private final SslProvider provider;

  NettyServer(SslProvider provider) {
    this.provider = provider;
  }

  @Override
  public String name() {
    return provider == SslProvider.JDK ? "Netty, JDK's TLS" : "Netty, OpenSSL";
  }

  @Override
  public String page() {
    return "netty.md";
  }

  @Override
  public Class<?> member() {
    return SslHandler.class;
  }

  @Override
  public Running start(Stapler stapler, X509ExtendedKeyManager first) throws Exception {
    SwitchingKeyManager keyManager = new SwitchingKeyManager(first);
    SslContext tls = NettyStapling.serverContext(stapler, keyManager, provider).build();
    return start(tls, keyManager::switchTo);
  }

  static Running start(SslContext tls, Consumer<X509ExtendedKeyManager> renewal) throws Exception {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    Channel server =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    return new Running() {
      @Override
      public int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
      }

      @Override
      public void renew(X509ExtendedKeyManager next) {
        renewal.accept(next);
      }

      @Override
      public void stop() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
      }
    };
  }
}
