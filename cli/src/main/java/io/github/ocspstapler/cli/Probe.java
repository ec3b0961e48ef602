package io.github.ocspstapler.cli;

import io.github.ocspstapler.internal.x509.CertificateFields;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.ocsp.OcspException;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks at one server: a few handshakes on each version of TLS, with and without asking. */
final class Probe {
  /**
   * Handshakes of each kind; the fastest counts, the first also pays for what it is first to do.
   */
  static final int HANDSHAKES = 3;

  private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  private final ProbeTrust trust;
  private final OcspClient verifier;
  private final Clock clock;

  Probe(ProbeTrust trust, OcspClient verifier, Clock clock) {
    this.trust = trust;
    this.verifier = verifier;
    this.clock = clock;
  }

  /** Looks at it; what it finds is in the report, whatever it is. */
  ProbeReport look(ProbeTarget target, ProbeClient client) {
    List<ProbeReport.Version> versions = new ArrayList<>();
    try {
      for (String protocol : PROTOCOLS) {
        versions.add(version(client, protocol));
      }
    } catch (ProbeClient.NoConnection e) {
      return new ProbeReport(target, clock.instant(), List.of(), e.getMessage());
    }
    return new ProbeReport(target, clock.instant(), versions, null);
  }

  private ProbeReport.Version version(ProbeClient client, String protocol)
      throws ProbeClient.NoConnection {
    Series with = new Series(client, protocol, true);
    Series without = new Series(client, protocol, false);
    for (int i = 0; i < HANDSHAKES; i++) { // in turn, so that both see the same weather
      with.next();
      without.next();
    }
    ProbeClient.Handshake seen = with.last;
    return new ProbeReport.Version(
        protocol.replace("TLSv", "TLS "),
        seen == null ? null : seen.distrust(),
        seen == null ? List.of() : certificates(seen),
        with.bare,
        with.fastest,
        without.fastest,
        with.failure,
        without.failure);
  }

  private List<ProbeReport.Certificate> certificates(ProbeClient.Handshake seen) {
    List<X509Certificate> known = new ArrayList<>(seen.chain());
    known.addAll(trust.anchors());
    List<ProbeReport.Certificate> certificates = new ArrayList<>();
    for (int i = 0; i < seen.chain().size(); i++) {
      X509Certificate certificate = seen.chain().get(i);
      byte[] staple = i < seen.staples().size() ? seen.staples().get(i) : new byte[0];
      if (i == 0 || staple.length > 0 || !isSelfIssued(certificate)) {
        certificates.add(certificate(certificate, staple, known));
      }
    }
    return certificates;
  }

  private ProbeReport.Certificate certificate(
      X509Certificate certificate, byte[] staple, List<X509Certificate> known) {
    X509Certificate issuer = Inputs.issuerOf(certificate, known).orElse(null);
    Verdict verdict = null;
    String unverified = null;
    if (staple.length > 0) {
      if (issuer == null) {
        unverified = "neither the chain nor the trust store holds its issuer";
      } else {
        verdict = verdict(staple, certificate, issuer);
      }
    }
    return new ProbeReport.Certificate(
        certificate,
        issuer,
        CertificateFields.ocspUrls(certificate),
        CertificateFields.isMustStaple(certificate),
        verdict,
        unverified);
  }

  private Verdict verdict(byte[] staple, X509Certificate certificate, X509Certificate issuer) {
    try {
      return Verdict.of(verifier.verify(staple, certificate, issuer));
    } catch (OcspException e) {
      return Verdict.of(e);
    }
  }

  private static boolean isSelfIssued(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  /** Handshakes of one kind, until one fails. */
  private static final class Series {
    private final ProbeClient client;
    private final String protocol;
    private final boolean asks;
    private ProbeClient.@Nullable Handshake last;
    private @Nullable Duration fastest;
    private int bare;
    private @Nullable String failure;

    Series(ProbeClient client, String protocol, boolean asks) {
      this.client = client;
      this.protocol = protocol;
      this.asks = asks;
    }

    void next() throws ProbeClient.NoConnection {
      if (failure != null) {
        return;
      }
      try {
        ProbeClient.Handshake handshake = client.handshake(protocol, asks);
        last = handshake;
        bare += handshake.staples().isEmpty() || handshake.staples().get(0).length == 0 ? 1 : 0;
        if (fastest == null || handshake.time().compareTo(fastest) < 0) {
          fastest = handshake.time();
        }
      } catch (ProbeClient.NoConnection e) {
        throw e;
      } catch (IOException e) {
        failure = String.valueOf(e.getMessage());
      }
    }
  }
}
