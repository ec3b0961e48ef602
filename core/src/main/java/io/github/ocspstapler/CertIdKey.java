package io.github.ocspstapler;

import java.math.BigInteger;

/**
 * A CertID in 24 bytes of its own: the issuer's part is shared by all certificates of the issuer,
 * and the serial number is the certificate's own object. Immutable.
 */
record CertIdKey(IssuerId issuer, BigInteger serialNumber) {
  @Override
  public boolean equals(Object other) {
    return other instanceof CertIdKey key
        && issuer == key.issuer
        && serialNumber.equals(key.serialNumber);
  }

  @Override
  public int hashCode() {
    return issuer.hashCode() + 31 * serialNumber.hashCode();
  }
}
