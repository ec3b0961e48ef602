package io.github.ocspstapler.ocsp;

import java.util.List;

/**
 * Picks, of several failures to get one answer, the one to report: the one whose responder had
 * understood the question best. A forged answer says more than a refusal, a refusal in the words of
 * OCSP more than a web page, and that more than silence.
 */
final class FailureRank {
  private FailureRank() {}

  /**
   * Returns the most telling failure, the first of equals, with the others as suppressed ones.
   *
   * @param failures at least one
   */
  static OcspException mostTelling(List<OcspException> failures) {
    OcspException most = failures.get(0);
    for (OcspException failure : failures) {
      if (rank(failure) > rank(most)) {
        most = failure;
      }
    }
    for (OcspException failure : failures) {
      if (failure != most) {
        most.addSuppressed(failure);
      }
    }
    return most;
  }

  private static int rank(OcspException failure) {
    if (failure instanceof OcspException.Rejected rejected) {
      return switch (rejected.reason()) {
        case MALFORMED, TOO_LARGE -> 2; // whoever answered is no OCSP responder
        default -> 5;
      };
    }
    if (failure instanceof OcspException.Refused refused) {
      return switch (refused.reason()) {
        case HTTP_STATUS, REDIRECT -> 1;
        case UNAUTHORIZED -> 4;
        default -> 3;
      };
    }
    return 0;
  }
}
