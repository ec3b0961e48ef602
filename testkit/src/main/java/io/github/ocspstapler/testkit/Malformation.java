package io.github.ocspstapler.testkit;

import java.util.function.UnaryOperator;

/**
 * What can be wrong with an OCSP answer.
 *
 * <p>Thread-safe.
 */
public enum Malformation implements UnaryOperator<OcspAnswer> {
  /** The signature is not one of the signed bytes. */
  CORRUPT_SIGNATURE;

  @Override
  public OcspAnswer apply(OcspAnswer answer) {
    return answer.corruptSignature();
  }
}
