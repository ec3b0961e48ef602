package io.github.ocspstapler.jsse;

/** SKELETON: how staples reach the JDK's TLS engine. */
public final class JsseDelivery implements AutoCloseable {
  private JsseDelivery() {}

  /** Which way. */
  public enum Mode {
    /** In-process, else loopback, else off: whichever the probe proves. */
    AUTOMATIC,
    /** C2. */
    IN_PROCESS,
    /** C1. */
    LOOPBACK,
    /** None. */
    OFF
  }

  /**
   * Starts to answer the JDK's own OCSP fetches from the source. Must happen before {@code
   * SSLContext.getInstance}; never throws for what the JVM is like: it ends in mode OFF, logged.
   */
  public static JsseDelivery install(StapleSource source, Mode mode) {
    throw new UnsupportedOperationException();
  }

  /** What is really in use: IN_PROCESS, LOOPBACK or OFF; OFF after close. */
  public Mode mode() {
    throw new UnsupportedOperationException();
  }

  /** One sentence for people. */
  public String description() {
    throw new UnsupportedOperationException();
  }

  /** The source is not asked again; idempotent. */
  @Override
  public void close() {}
}
