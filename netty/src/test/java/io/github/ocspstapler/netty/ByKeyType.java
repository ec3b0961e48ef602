package io.github.ocspstapler.netty;

import io.github.ocspstapler.testkit.TestCertificate;
import java.security.Principal;
import javax.net.ssl.SSLEngine;

/** Chooses the first certificate for RSA, the second for elliptic curves. */
final class ByKeyType extends TwoCertificates {
  ByKeyType(TestCertificate rsa, TestCertificate ec) {
    super(rsa, ec);
  }

  @Override
  public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
    return keyType.equals("RSA") ? FIRST : SECOND;
  }
}
