package io.github.ocspstapler.examples;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.netty.NettyStapling;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import java.io.File;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/** Netty on OpenSSL's or BoringSSL's engine. */
public final class NettyExample {
  private NettyExample() {}

  /** {@code KEYSTORE PASSWORD PORT}. */
  public static void main(String[] arguments) throws Exception {
    char[] password = arguments[1].toCharArray();
    int port = Integer.parseInt(arguments[2]);
    KeyStore keyStore = KeyStore.getInstance(new File(arguments[0]), password);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(keyStore, password);
    X509ExtendedKeyManager keyManager = (X509ExtendedKeyManager) keys.getKeyManagers()[0];

    Stapler stapler = Stapler.builder().build();
    SslContext tls = NettyStapling.serverContext(stapler, keyManager).build();
    boolean stapled = stapler.awaitStapled(Duration.ofSeconds(30)); // optional

    Channel server =
        new ServerBootstrap()
            .group(new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory()))
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                    channel.pipeline().addLast(new HttpServerCodec());
                  }
                })
            .bind(port)
            .sync()
            .channel();

    System.out.println(
        ((InetSocketAddress) server.localAddress()).getPort() + " stapled: " + stapled);
  }
}
