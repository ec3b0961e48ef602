package io.github.ocspstapler.jsse;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;

final class CertIds {
  private CertIds() {}

  static ByteBuffer key(X509Certificate certificate, X509Certificate issuer) {
    throw new UnsupportedOperationException();
  }
}
