package io.github.ocspstapler.benchmarks;

import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.ocsp.OcspException;
import io.github.ocspstapler.ocsp.OcspResponse;
import io.github.ocspstapler.testkit.KeyAlgorithm;
import io.github.ocspstapler.testkit.OcspAnswer;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.operator.ContentVerifierProvider;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Parsing and verifying a response, beside its signature's verification alone and BouncyCastle. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class VerifyBenchmark {
  private static final Duration SKEW = Duration.ofMinutes(5);

  /** The key of the CA, which signs the response. */
  @Param({"RSA_2048", "EC_P256"})
  public String key = "EC_P256";

  /** Who signed: the CA itself, or a responder that it appointed, whose certificate comes along. */
  @Param({"ca", "delegate"})
  public String signer = "ca";

  private OcspClient client;
  private X509Certificate certificate;
  private X509Certificate issuer;
  private byte[] response;

  private String algorithm;
  private PublicKey signerKey;
  private byte[] tbs;
  private byte[] signatureBytes;
  private Signature prepared;

  private X509CertificateHolder issuerHolder;
  private DigestCalculatorProvider digests;
  private ContentVerifierProvider verifier;

  /** Makes one response. */
  @Setup(Level.Trial)
  public void sign()
      throws GeneralSecurityException, OCSPException, OperatorCreationException, IOException {
    KeyAlgorithm keyAlgorithm = KeyAlgorithm.valueOf(key);
    TestCa ca = TestCa.builder("Benchmark CA").keyAlgorithm(keyAlgorithm).buildCa();
    TestCertificate leaf = ca.leaf("www.example.test", "http://ocsp.example.test/");
    Instant now = Instant.now();
    OcspAnswer answer =
        OcspAnswer.good(leaf).thisUpdate(now).nextUpdate(now.plus(Duration.ofDays(7)));
    if (signer.equals("ca")) {
      answer = answer.signedBy(ca).embedNothing();
    } else {
      TestCertificate delegate = ca.delegateBuilder().keyAlgorithm(keyAlgorithm).build();
      answer = answer.signedBy(delegate).embed(delegate.certificate());
    }
    client = OcspClient.create();
    certificate = reread(leaf.certificate());
    issuer = reread(ca.certificate());
    response = answer.der();

    BasicOCSPResp basic = (BasicOCSPResp) new OCSPResp(response).getResponseObject();
    tbs = basic.getTBSResponseData();
    signatureBytes = basic.getSignature();
    algorithm = keyAlgorithm == KeyAlgorithm.RSA_2048 ? "SHA256withRSA" : "SHA256withECDSA";
    signerKey =
        basic.getCerts().length == 0
            ? issuer.getPublicKey()
            : CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(basic.getCerts()[0].getEncoded()))
                .getPublicKey();
    prepared = Signature.getInstance(algorithm);
    prepared.initVerify(signerKey);

    issuerHolder = new JcaX509CertificateHolder(issuer);
    digests = new JcaDigestCalculatorProviderBuilder().build();
    // The JDK's cryptography, as in the others: what is compared is the rest.
    verifier = new JcaContentVerifierProviderBuilder().build(issuer.getPublicKey());
  }

  /** A certificate of the JDK's making, whatever made the other. */
  private static X509Certificate reread(X509Certificate certificate)
      throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(certificate.getEncoded()));
  }

  /**
   * Ours: everything between the bytes and a response that can be stapled.
   *
   * @return the response
   * @throws OcspException never
   */
  @Benchmark
  public OcspResponse ours() throws OcspException {
    return client.verify(response, certificate, issuer);
  }

  /**
   * The signature alone, as one verifies it who has the key, the bytes and the signature.
   *
   * @return true
   * @throws GeneralSecurityException never
   */
  @Benchmark
  public boolean bareSignature() throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm);
    signature.initVerify(signerKey);
    signature.update(tbs);
    return signature.verify(signatureBytes);
  }

  /**
   * The signature alone with a Signature object that was prepared long before and is used again.
   *
   * @return true
   * @throws GeneralSecurityException never
   */
  @Benchmark
  public boolean preparedSignature() throws GeneralSecurityException {
    prepared.update(tbs);
    return prepared.verify(signatureBytes);
  }

  /**
   * BouncyCastle: parse, match the CertID, verify the signature (and the delegate's certificate),
   * look at the times. It does less than ours: no responderID, no critical extensions, no strict
   * DER.
   *
   * @return whether all is well
   * @throws Exception never
   */
  @SuppressWarnings({"JavaUtilDate", "ReferenceEquality"}) // its API: dates, and GOOD is null
  @Benchmark
  public boolean bouncyCastle() throws Exception {
    OCSPResp parsed = new OCSPResp(response);
    BasicOCSPResp basic = (BasicOCSPResp) parsed.getResponseObject();
    Date now = new Date();
    boolean current = false;
    for (SingleResp single : basic.getResponses()) {
      if (single.getCertID().getSerialNumber().equals(certificate.getSerialNumber())
          && single.getCertID().matchesIssuer(issuerHolder, digests)) {
        current =
            single.getCertStatus() == CertificateStatus.GOOD
                && single.getThisUpdate().getTime() <= now.getTime() + SKEW.toMillis()
                && single.getNextUpdate().getTime() >= now.getTime() - SKEW.toMillis();
      }
    }
    return parsed.getStatus() == OCSPResp.SUCCESSFUL && current && signed(basic);
  }

  private boolean signed(BasicOCSPResp basic)
      throws GeneralSecurityException, OCSPException, OperatorCreationException, IOException {
    X509CertificateHolder[] certificates = basic.getCerts();
    if (certificates.length == 0) {
      return basic.isSignatureValid(verifier);
    }
    X509Certificate delegate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(certificates[0].getEncoded()));
    delegate.verify(issuer.getPublicKey());
    delegate.checkValidity();
    return delegate.getExtendedKeyUsage().contains("1.3.6.1.5.5.7.3.9")
        && basic.isSignatureValid(new JcaContentVerifierProviderBuilder().build(delegate));
  }
}
