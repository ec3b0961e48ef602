package io.github.ocspstapler.netty;

import io.github.ocspstapler.testkit.TestCertificate;
import java.security.Principal;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLEngine;

/** Chooses the second certificate for clients that name any server, else the first. */
final class ByName extends TwoCertificates {
  ByName(TestCertificate first, TestCertificate second) {
    super(first, second);
  }

  @Override
  public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
    ExtendedSSLSession session = (ExtendedSSLSession) engine.getHandshakeSession();
    return session.getRequestedServerNames().isEmpty() ? FIRST : SECOND;
  }
}
