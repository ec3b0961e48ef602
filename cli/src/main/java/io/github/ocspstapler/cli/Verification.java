package io.github.ocspstapler.cli;

import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.ocsp.OcspException;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks one response: what a single {@code verify} and a batch line have in common. */
final class Verification {
  /** The most that the client takes; the bytes are already here, so 64 KiB would protect nobody. */
  private static final int MAX_RESPONSE_BYTES = 1 << 20;

  private final Inputs inputs;

  Verification(Inputs inputs) {
    this.inputs = inputs;
  }

  /**
   * Reads the files and verifies.
   *
   * @param issuer may be null if {@code cert} names a chain
   * @param cert may be null if there is a serial number; if there are both, they must agree
   * @param settings what is believed, and when
   */
  Verdict verify(
      String response,
      @Nullable String issuer,
      @Nullable String cert,
      @Nullable BigInteger serial,
      Settings settings)
      throws InputException {
    byte[] bytes = inputs.response(response);
    List<X509Certificate> chain = cert == null ? List.of() : inputs.certificates(cert);
    X509Certificate certificate = chain.isEmpty() ? null : chain.get(0);
    X509Certificate issuerCertificate =
        issuer(certificate, issuer == null ? chain : inputs.certificates(issuer), issuer == null);
    if (certificate != null && serial != null && !certificate.getSerialNumber().equals(serial)) {
      throw new InputException(
          "serial: "
              + serial.toString(16)
              + " (expected: "
              + certificate.getSerialNumber().toString(16)
              + ", the serial number of "
              + cert
              + ")");
    }
    try (OcspClient verifier = settings.client().maxResponseBytes(MAX_RESPONSE_BYTES).build()) {
      return Verdict.of(
          certificate != null
              ? verifier.verify(bytes, certificate, issuerCertificate)
              : verifier.verify(bytes, serialOf(serial), issuerCertificate));
    } catch (OcspException e) {
      return Verdict.of(e);
    }
  }

  private static BigInteger serialOf(@Nullable BigInteger serial) throws InputException {
    if (serial == null) {
      throw new InputException("neither cert nor serial is given");
    }
    return serial;
  }

  /**
   * Of several candidates the one that issued it; of a file named as the issuer, else its first.
   */
  private static X509Certificate issuer(
      @Nullable X509Certificate certificate, List<X509Certificate> candidates, boolean sameFile)
      throws InputException {
    if (certificate != null) {
      var found = Inputs.issuerOf(certificate, candidates);
      if (found.isPresent()) {
        return found.get();
      }
    }
    if (sameFile) {
      throw new InputException("no issuer is given, and the certificate's file does not hold it");
    }
    return candidates.get(0);
  }
}
