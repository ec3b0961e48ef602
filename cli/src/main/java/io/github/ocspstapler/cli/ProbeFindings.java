package io.github.ocspstapler.cli;

import io.github.ocspstapler.ocsp.OcspResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with a server, and what to do about it. */
final class ProbeFindings {
  /** A stapler that is well has renewed by then: half of the validity is the usual time. */
  private static final int LATE_QUARTERS = 4;

  /** Below that a difference between two handshakes says nothing. */
  private static final Duration NOTICEABLE = Duration.ofMillis(250);

  private final ProbeReport report;
  private final List<Finding> findings = new ArrayList<>();
  // Both versions of TLS show the same certificates: a finding is said once.
  private final Set<String> said = new TreeSet<>();

  private ProbeFindings(ProbeReport report) {
    this.report = report;
  }

  /** Returns what was found, the worst first. */
  static List<Finding> of(ProbeReport report) {
    ProbeFindings findings = new ProbeFindings(report);
    findings.find();
    return Finding.worstFirst(findings.findings);
  }

  private void find() {
    if (report.unreachable() != null) {
      add(
          Level.UNKNOWN,
          "it cannot be reached: " + report.unreachable(),
          "Check host, port and --starttls.");
      return;
    }
    report.versions().forEach(this::handshakes);
    for (ProbeReport.Version version : report.working()) {
      if (version.distrust() != null) {
        add(
            Level.CRITICAL,
            "its certificate is not trusted: " + version.distrust(),
            "Have it send the whole chain with a certificate that names it; for a CA of your own"
                + " give --cafile.");
      }
      leaf(version);
      version.certificates().stream().skip(1).forEach(this::intermediate);
      everyHandshake(version);
      time(version);
    }
    versionsDiffer();
  }

  private void handshakes(ProbeReport.Version version) {
    String failure = version.failure();
    if (failure == null) {
      if (version.failureWithout() != null) {
        add(
            Level.CRITICAL,
            version.name()
                + " fails for a client that asks for no staple: "
                + version.failureWithout(),
            "Staple only for clients that ask (RFC 6066 section 8).");
      }
      return;
    }
    if (version.works()) {
      add(
          Level.WARNING,
          version.name() + " failed once and worked once: " + failure,
          "Look into the server's log.");
    } else if (version.without() != null) {
      add(
          Level.CRITICAL,
          version.name() + " fails as soon as a client asks for a staple: " + failure,
          "Look at the response that the server is to staple: it may be damaged. Most clients"
              + " ask.");
    } else if (report.working().isEmpty()) {
      add(
          Level.UNKNOWN,
          version.name() + " fails: " + failure,
          "Check --sni, and whether the server speaks TLS on this port.");
    } else {
      add(Level.NOTE, version.name() + " is not spoken: " + failure, "");
    }
  }

  private void leaf(ProbeReport.Version version) {
    ProbeReport.Certificate leaf = version.leaf();
    if (leaf.isStapled()) {
      staple(leaf);
    } else if (leaf.mustStaple()) {
      add(
          Level.CRITICAL,
          "no staple, and the certificate promises one (must-staple, RFC 7633)",
          "Turn stapling on before anything else: clients that know must-staple refuse this"
              + " server.");
    } else if (leaf.ocspUrls().isEmpty()) {
      add(
          Level.OK,
          "no staple, and there is none to be had: the certificate names no OCSP responder",
          "");
    } else {
      add(
          Level.WARNING,
          "no staple for " + leaf.name(),
          "Turn stapling on; the certificate's responder is " + leaf.ocspUrls().get(0) + ".");
    }
  }

  private void intermediate(ProbeReport.Certificate certificate) {
    if (certificate.isStapled()) {
      staple(certificate);
    } else if (!certificate.ocspUrls().isEmpty()) {
      add(
          Level.NOTE,
          "no staple for "
              + certificate.name()
              + ", an intermediate (few servers have them, and TLS 1.2 rarely carries them)",
          "");
    }
  }

  private void staple(ProbeReport.Certificate certificate) {
    String staple = "the staple for " + certificate.name();
    Verdict verdict = certificate.staple();
    if (verdict == null) {
      add(
          Level.CRITICAL,
          staple + " cannot be verified: " + certificate.unverified(),
          "Have the server send its intermediates.");
      return;
    }
    switch (verdict.word()) {
      case GOOD -> freshness(staple, verdict.answer());
      case REVOKED ->
          add(
              Level.CRITICAL,
              staple + " says that the certificate is revoked",
              "Replace the certificate.");
      case UNKNOWN ->
          add(
              Level.CRITICAL,
              staple + " says that its CA does not know the certificate",
              "Ask the CA; do not staple \"unknown\".");
      default ->
          add(
              Level.CRITICAL,
              staple + " is rejected (" + verdict.reason() + "): " + verdict.message(),
              advice(verdict));
    }
  }

  private static String advice(Verdict verdict) {
    return switch (String.valueOf(verdict.reason())) {
      case "expired" ->
          "Find out why it is not renewed: look for the stapler's last error, and ask the"
              + " responder by 'ocsp-stapler query'.";
      case "wrong_cert_id", "wrong_issuer" ->
          "The server staples another certificate's response: check which file or cache entry"
              + " goes with which certificate.";
      default -> "Do not staple what does not verify; 'ocsp-stapler lint' looks at the responder.";
    };
  }

  private void freshness(String staple, @Nullable OcspResponse answer) {
    if (answer == null) {
      return;
    }
    Instant at = report.at();
    Duration left = Duration.between(at, answer.validUntil());
    Duration whole = Duration.between(answer.thisUpdate(), answer.validUntil());
    if (left.multipliedBy(LATE_QUARTERS).compareTo(whole) < 0) {
      add(
          Level.WARNING,
          staple
              + " is about to expire: "
              + Durations.words(left)
              + " are left of "
              + Durations.words(whole),
          "It should have been renewed half-way: look for the stapler's last error.");
    } else {
      add(Level.OK, staple + " is good, for another " + Durations.words(left), "");
    }
  }

  private void everyHandshake(ProbeReport.Version version) {
    if (version.bare() > 0 && version.bare() < Probe.HANDSHAKES) {
      add(
          Level.WARNING,
          version.name()
              + " comes now and then without a staple: "
              + version.bare()
              + " of "
              + Probe.HANDSHAKES
              + " handshakes",
          "Give the server its staple before it serves: some fetch it only once the first client"
              + " has asked, and each of their processes for itself.");
    }
  }

  private void time(ProbeReport.Version version) {
    Duration with = version.with();
    Duration without = version.without();
    if (with == null || without == null) {
      return;
    }
    Duration more = with.minus(without);
    if (more.compareTo(NOTICEABLE) > 0 && more.compareTo(without.dividedBy(2)) > 0) {
      add(
          Level.WARNING,
          version.name()
              + " takes "
              + Durations.millis(more)
              + " longer for a client that asks for a staple",
          "Fetch staples before handshakes, not in them.");
    }
  }

  private void versionsDiffer() {
    Set<Boolean> stapled =
        report.working().stream()
            .map(version -> version.leaf().isStapled())
            .collect(Collectors.toSet());
    if (stapled.size() > 1) {
      String bare =
          report.working().stream()
              .filter(version -> !version.leaf().isStapled())
              .map(ProbeReport.Version::name)
              .collect(Collectors.joining(", "));
      add(Level.WARNING, "a staple comes, but not on " + bare, "Staple on every version of TLS.");
    }
  }

  private void add(Level level, String sentence, String advice) {
    if (said.add(sentence)) {
      findings.add(new Finding(level, sentence, advice));
    }
  }
}
