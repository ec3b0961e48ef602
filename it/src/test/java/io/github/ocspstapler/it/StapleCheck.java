package io.github.ocspstapler.it;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.Optional;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/**
 * What is wrong with a staple, by BouncyCastle: none of our own code has a say in it. Right is only
 * what the CA itself has signed about this certificate, that it is good, and that is current.
 */
final class StapleCheck {
  private final X509Certificate certificate;
  private final X509Certificate issuer;

  StapleCheck(X509Certificate certificate, X509Certificate issuer) {
    this.certificate = certificate;
    this.issuer = issuer;
  }

  /** Returns what is wrong with it at a time, or empty if nothing is. */
  Optional<String> problem(byte[] staple, Instant now) {
    try {
      OCSPResp response = new OCSPResp(staple);
      if (response.getStatus() != OCSPResp.SUCCESSFUL) {
        return Optional.of("response status " + response.getStatus());
      }
      if (!(response.getResponseObject() instanceof BasicOCSPResp basic)) {
        return Optional.of("no basic response");
      }
      if (!Arrays.equals(response.getEncoded(), staple)) {
        return Optional.of("not DER");
      }
      return problem(basic, now);
    } catch (IOException | OCSPException | RuntimeException e) {
      return Optional.of("unreadable: " + e);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private Optional<String> problem(BasicOCSPResp response, Instant now)
      throws OCSPException, OperatorCreationException, GeneralSecurityException {
    var verifier = new JcaContentVerifierProviderBuilder().build(issuer.getPublicKey());
    if (!response.isSignatureValid(verifier)) {
      return Optional.of("not signed by the CA");
    }
    if (!response.getCriticalExtensionOIDs().isEmpty()) {
      return Optional.of("an unknown critical extension");
    }
    for (SingleResp single : response.getResponses()) {
      if (isOurs(single.getCertID())) {
        return problem(single, now);
      }
    }
    return Optional.of("about another certificate");
  }

  private static Optional<String> problem(SingleResp single, Instant now) {
    Date nextUpdate = single.getNextUpdate();
    if (single.getCertStatus() != null) { // null is BouncyCastle's "good"
      return Optional.of("not good: " + single.getCertStatus());
    }
    if (!single.getCriticalExtensionOIDs().isEmpty()) {
      return Optional.of("an unknown critical extension");
    }
    if (single.getThisUpdate().toInstant().isAfter(now)) {
      return Optional.of("from the future: " + single.getThisUpdate());
    }
    if (nextUpdate == null || !nextUpdate.toInstant().isAfter(now)) {
      return Optional.of("expired: " + nextUpdate);
    }
    return Optional.empty();
  }

  private boolean isOurs(CertificateID id)
      throws OCSPException, OperatorCreationException, GeneralSecurityException {
    BigInteger serialNumber = id.getSerialNumber();
    return serialNumber.equals(certificate.getSerialNumber())
        && id.matchesIssuer(
            new JcaX509CertificateHolder(issuer), new JcaDigestCalculatorProviderBuilder().build());
  }
}
