package io.github.ocspstapler.internal.der;

/** Bytes that are not the DER they should be; the message says where and why. */
public final class DerException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one without a stack trace: it reports on the bytes, not on the code, and is thrown for
   * whatever a stranger sends.
   *
   * @param message what was found and what was expected
   */
  public DerException(String message) {
    super(message, null, false, false);
  }
}
