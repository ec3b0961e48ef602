package io.github.ocspstapler.jsse;

/** SKELETON: how staples reach the JDK's TLS engine. */
public final class JsseDelivery {
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
}
