package io.github.ocspstapler.netty;

import static java.util.Objects.requireNonNull;

import io.github.ocspstapler.Stapler;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Stapling for servers on Netty.
 *
 * <p>On the OpenSSL and BoringSSL engines, the staple is handed to the engine in the moment in
 * which the certificate is chosen: nothing is fetched, nothing waits, and an event loop is not
 * blocked. On the JDK's engine the stapler's own delivery does it (see {@code JsseDelivery}).
 *
 * <pre>{@code
 * SslContext tls = NettyStapling.serverContext(stapler, keyManager).build();
 * }</pre>
 *
 * <p>OpenSSL and BoringSSL carry a staple for the server's certificate only, not for intermediates.
 *
 * <p>Stateless and thread-safe.
 */
public final class NettyStapling {
  private NettyStapling() {}

  /**
   * Starts to build a server's context on the engine that Netty prefers: OpenSSL's if it is there,
   * else the JDK's.
   *
   * @param stapler what staples
   * @param keyManager what chooses the certificate; may choose by server name (SNI)
   * @return a builder to set the rest on
   */
  public static SslContextBuilder serverContext(
      Stapler stapler, X509ExtendedKeyManager keyManager) {
    return serverContext(stapler, keyManager, SslContext.defaultServerProvider());
  }

  /**
   * Starts to build a server's context on a given engine. Lists the certificates of the key
   * manager, as {@link Stapler#wrap} does.
   *
   * @param stapler what staples
   * @param keyManager what chooses the certificate; may choose by server name (SNI)
   * @param provider the engine
   * @return a builder to set the rest on
   * @throws IllegalStateException if the provider is OpenSSL's and cannot staple OCSP here
   */
  public static SslContextBuilder serverContext(
      Stapler stapler, X509ExtendedKeyManager keyManager, SslProvider provider) {
    boolean openSsl = requireNonNull(provider, "provider") != SslProvider.JDK;
    if (openSsl && !OpenSsl.isOcspSupported()) {
      throw new IllegalStateException(
          "the OpenSSL library that Netty found cannot staple OCSP (expected: netty-tcnative with"
              + " OpenSSL 1.0.2 or BoringSSL)",
          OpenSsl.unavailabilityCause());
    }
    return SslContextBuilder.forServer(keyManager(stapler, keyManager))
        .sslProvider(provider)
        .enableOcsp(openSsl); // on the JDK's engine this would throw, and is not needed
  }

  /**
   * Wraps a key manager for a builder of your own. On OpenSSL's engines that builder needs {@code
   * enableOcsp(true)}; {@link #check} tells if it was forgotten. On the JDK's it must not be set.
   *
   * @param stapler what staples
   * @param keyManager what chooses the certificate
   * @return a key manager that chooses the same and hands over its staple
   */
  public static X509ExtendedKeyManager keyManager(
      Stapler stapler, X509ExtendedKeyManager keyManager) {
    requireNonNull(stapler, "stapler");
    return new HandingKeyManager(stapler, requireNonNull(keyManager, "keyManager"));
  }

  /**
   * Wraps a key manager as a factory, for libraries that take nothing else.
   *
   * @param stapler what staples
   * @param keyManager what chooses the certificate
   * @return an initialized factory of one key manager, that of {@link #keyManager}
   */
  public static KeyManagerFactory keyManagerFactory(
      Stapler stapler, X509ExtendedKeyManager keyManager) {
    return OneKeyManagerFactory.of(keyManager(stapler, keyManager));
  }

  /**
   * Checks that a context can staple: on OpenSSL's engines {@code enableOcsp(true)} is easily
   * forgotten, and handshakes would go on unstapled.
   *
   * @param context a server's context
   * @return the same
   * @throws IllegalStateException if it cannot, saying what is missing
   */
  public static SslContext check(SslContext context) {
    if (requireNonNull(context, "context").isClient()) {
      throw new IllegalStateException("a client has nothing to staple");
    }
    SSLEngine engine = context.newEngine(ByteBufAllocator.DEFAULT);
    try {
      if (engine instanceof ReferenceCountedOpenSslEngine openSsl) {
        openSsl.setOcspResponse(new byte[0]); // sets nothing, but looks whether it may
      }
      return context;
    } catch (IllegalStateException e) {
      throw new IllegalStateException(HandingKeyManager.FORGOTTEN, e);
    } finally {
      engine.closeOutbound();
      ReferenceCountUtil.release(engine);
    }
  }
}
