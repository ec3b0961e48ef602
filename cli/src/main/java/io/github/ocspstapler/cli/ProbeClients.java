package io.github.ocspstapler.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What clients of different strictness make of a server, on the version of TLS that they choose.
 */
final class ProbeClients {
  private ProbeClients() {}

  /**
   * What one kind of client does.
   *
   * @param kind which clients
   * @param refusal why they refuse, or null if they connect
   */
  record Reaction(String kind, @Nullable String refusal) {
    String words() {
      return refusal == null ? "connects" : "refuses: " + refusal;
    }
  }

  /** Returns the reactions, from the most forgiving client to the least. */
  static List<Reaction> reactions(ProbeReport.Version version) {
    ProbeReport.Certificate leaf = version.leaf();
    String distrust = version.distrust();
    String bad = distrust != null ? distrust : badStaple(leaf);
    String promise = bad == null && leaf.mustStaple() && !leaf.isGood() ? noGood(leaf) : bad;
    String strict = promise == null && !leaf.isGood() ? noGood(leaf) : promise;
    String strictest =
        strict != null
            ? strict
            : version.certificates().stream()
                .filter(certificate -> !certificate.isGood())
                .map(ProbeClients::noGood)
                .findFirst()
                .orElse(null);
    return List.of(
        new Reaction("looks at staples", bad),
        new Reaction("knows must-staple", promise),
        new Reaction("strict (hard fail)", strict),
        new Reaction("strict for the chain", strictest));
  }

  /** Returns why a client that looks at a staple refuses it; a missing one is no reason. */
  private static @Nullable String badStaple(ProbeReport.Certificate certificate) {
    return certificate.isStapled() && !certificate.isGood() ? noGood(certificate) : null;
  }

  private static String noGood(ProbeReport.Certificate certificate) {
    if (certificate.unverified() != null) {
      return "the staple for " + certificate.name() + " cannot be verified";
    }
    return certificate.staple() == null
        ? "no staple for " + certificate.name()
        : "the staple for " + certificate.name() + " is " + certificate.staple().word().text();
  }
}
