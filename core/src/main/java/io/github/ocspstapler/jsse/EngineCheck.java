package io.github.ocspstapler.jsse;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Says once, for a key manager, that the TLS engine which uses it is one that no staple of ours
 * reaches: without that line, handshakes would go on unstapled and nobody would know why.
 *
 * <p>Thread-safe. An engine of the class that was seen last costs one comparison.
 */
final class EngineCheck {
  private static final Logger LOG = System.getLogger(StaplingKeyManager.class.getName());

  /** Tomcat's OpenSSL takes the key out when it starts, and never has a key manager choose. */
  private static final String TOMCAT_OPENSSL = "org.apache.tomcat.util.net.openssl.";

  /** The module that hands staples to Netty's OpenSSL engine, and calls us in doing so. */
  private static final String NETTY_MODULE = "io.github.ocspstapler.netty.";

  private final AtomicBoolean told = new AtomicBoolean();
  private final AtomicBoolean keyTaken = new AtomicBoolean();
  private volatile @Nullable Class<?> seen; // any thread; a lost update costs another look

  /** An engine, or a socket, has the key manager choose for a server. */
  void askedBy(@Nullable Object engine) {
    if (engine == null || engine.getClass() == seen) {
      return;
    }
    seen = engine.getClass();
    advice(engine.getClass()).ifPresent(advice -> tell(engine.getClass().getName(), advice));
  }

  /** Somebody reads a private key. Only the first time is looked at, and not after a choice. */
  void keyRead() {
    if (seen == null && keyTaken.compareAndSet(false, true)) {
      caller(TOMCAT_OPENSSL)
          .ifPresent(name -> tell(name, "Use Tomcat's JSSEImplementation instead."));
    }
  }

  private static Optional<String> advice(Class<?> engine) {
    String name = engine.getName();
    if (engine.getModule() == SSLEngine.class.getModule()) {
      return Optional.empty(); // the JDK's own
    }
    if (name.startsWith("org.bouncycastle.jsse.")) {
      return JvmProperties.areInProcess()
          ? Optional.of("It fetches over http only: ask the stapler for delivery(Mode.LOOPBACK).")
          : Optional.empty();
    }
    if (name.startsWith("org.conscrypt.")) {
      return Optional.of("Use the JDK's: SSLContext.getInstance(\"TLS\", \"SunJSSE\").");
    }
    if (name.contains(".codec.quic.")) {
      return Optional.of("End QUIC in a proxy that staples.");
    }
    if (name.startsWith("io.netty.handler.ssl.")) {
      return caller(NETTY_MODULE).isPresent()
          ? Optional.empty()
          : Optional.of("Use NettyStapling of ocsp-stapler-netty to wrap the key manager.");
    }
    return Optional.of("It is not the JDK's.");
  }

  private static Optional<String> caller(String prefix) {
    return StackWalker.getInstance()
        .walk(frames ->
            frames
                .map(StackWalker.StackFrame::getClassName)
                .filter(name -> name.startsWith(prefix))
                .findFirst());
  }

  private void tell(String engine, String advice) {
    if (told.compareAndSet(false, true)) {
      LOG.log(
          Level.WARNING,
          "The TLS engine "
              + engine
              + " takes no staple from here; handshakes go on unstapled. "
              + advice);
    }
  }
}
