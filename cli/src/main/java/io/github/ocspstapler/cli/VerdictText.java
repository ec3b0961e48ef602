package io.github.ocspstapler.cli;

import io.github.ocspstapler.ocsp.CertificateStatus;
import io.github.ocspstapler.ocsp.OcspResponse;
import java.io.PrintWriter;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** Writes a verdict for a person: an answer on standard output, its absence as one sentence. */
final class VerdictText {
  private final PrintWriter out;
  private final PrintWriter err;
  private final Ansi ansi;

  VerdictText(CommandLine command) {
    this.out = command.getOut();
    this.err = command.getErr();
    this.ansi = command.getColorScheme().ansi();
  }

  void print(Verdict verdict) {
    OcspResponse answer = verdict.answer();
    if (answer == null) {
      String message = Objects.requireNonNull(verdict.message(), "message");
      err.println(coloured(verdict) + Printable.of(": " + message));
      return;
    }
    out.println(coloured(verdict));
    if (answer.status() instanceof CertificateStatus.Revoked revoked) {
      String reason = verdict.reason();
      row("revoked at", revoked.at() + (reason == null ? "" : " (" + reason + ")"));
    }
    row("this update", answer.thisUpdate());
    row("next update", answer.nextUpdate().<Object>map(x -> x).orElse("not given"));
    row("valid until", answer.validUntil());
    row("produced at", answer.producedAt());
    row("signed by", answer.signer().getSubjectX500Principal().getName());
    answer.responder().ifPresent(responder -> row("responder", responder));
  }

  private void row(String name, Object value) {
    out.printf("  %-12s %s%n", name, Printable.of(value.toString()));
  }

  private String coloured(Verdict verdict) {
    String colour =
        switch (verdict.word()) {
          case GOOD -> "green";
          case REVOKED, REJECTED -> "red";
          case UNKNOWN, UNREACHABLE, REFUSED -> "yellow";
        };
    return ansi.string("@|bold," + colour + " " + verdict.word().text() + "|@");
  }
}
