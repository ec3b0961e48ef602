package io.github.ocspstapler.cli;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of one server.
 *
 * @param target where
 * @param at when
 * @param versions TLS 1.3 and TLS 1.2, none if the server could not be reached
 * @param unreachable why it could not, or null
 */
record ProbeReport(
    ProbeTarget target, Instant at, List<Version> versions, @Nullable String unreachable) {

  /**
   * One version of TLS.
   *
   * @param name for people
   * @param distrust why the chain is not trusted, or null if it is, or if there was none
   * @param certificates of the chain without the root, the server's first; none if it failed
   * @param bare how many of the handshakes that asked came without a staple for the server
   * @param with the fastest handshake that asked for staples, or null if that failed
   * @param without the fastest that did not ask, or null if that failed
   * @param failure why the handshake that asked failed, or null
   * @param failureWithout why the other failed, or null
   */
  record Version(
      String name,
      @Nullable String distrust,
      List<Certificate> certificates,
      int bare,
      @Nullable Duration with,
      @Nullable Duration without,
      @Nullable String failure,
      @Nullable String failureWithout) {

    /** Whether a client that asks for staples gets through. */
    boolean works() {
      return !certificates.isEmpty();
    }

    Certificate leaf() {
      return certificates.get(0);
    }
  }

  /**
   * A certificate and its staple.
   *
   * @param issuer its issuer's certificate, or null if neither chain nor trust store has it
   * @param ocspUrls the responders it names
   * @param mustStaple whether it promises a staple (RFC 7633)
   * @param staple the verdict on its staple, or null if it has none
   * @param unverified why a staple could not be verified, or null
   */
  record Certificate(
      X509Certificate certificate,
      @Nullable X509Certificate issuer,
      List<URI> ocspUrls,
      boolean mustStaple,
      @Nullable Verdict staple,
      @Nullable String unverified) {

    String name() {
      return Names.of(certificate);
    }

    boolean isStapled() {
      return staple != null || unverified != null;
    }

    boolean isGood() {
      return staple != null && staple.word() == Verdict.Word.GOOD;
    }
  }

  /** The versions in which a client that asks gets through, the one that clients choose first. */
  List<Version> working() {
    return versions.stream().filter(Version::works).toList();
  }

  Optional<Version> chosen() {
    return working().stream().findFirst();
  }
}
