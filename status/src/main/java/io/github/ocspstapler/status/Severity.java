package io.github.ocspstapler.status;

import io.github.ocspstapler.StapleStatus;
import java.util.Locale;

/** How much a certificate's state should worry its operator; the worst first. */
enum Severity {
  /** Clients refuse the certificate now: revoked, or must-staple (RFC 7633) without a staple. */
  CRITICAL,
  /** Not as it should be: no staple although there is a responder, or its renewal fails. */
  WARNING,
  /** Nobody has answered yet. */
  PENDING,
  /** Stapled, and the last attempt to renew it succeeded. */
  GOOD,
  /** There is nobody to ask. */
  QUIET;

  static Severity of(StapleStatus status) {
    return switch (status.state()) {
      case REVOKED -> CRITICAL;
      case UNKNOWN, UNAVAILABLE -> status.mustStaple() ? CRITICAL : WARNING;
      case STAPLED -> status.failuresInARow() > 0 ? WARNING : GOOD;
      case PENDING -> PENDING;
      case UNSTAPLEABLE -> status.mustStaple() ? CRITICAL : QUIET;
    };
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
