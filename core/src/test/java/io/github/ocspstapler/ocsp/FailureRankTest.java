package io.github.ocspstapler.ocsp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.ocsp.OcspException.Refused;
import io.github.ocspstapler.ocsp.OcspException.Rejected;
import io.github.ocspstapler.ocsp.OcspException.Unreachable;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailureRankTest {
  private final OcspException forged = rejected(Rejected.Reason.BAD_SIGNATURE);
  private final OcspException unauthorized = refused(Refused.Reason.UNAUTHORIZED);
  private final OcspException tryLater = refused(Refused.Reason.TRY_LATER);
  private final OcspException page = rejected(Rejected.Reason.MALFORMED);
  private final OcspException status = refused(Refused.Reason.HTTP_STATUS);
  private final OcspException silent =
      new Unreachable(null, Unreachable.Reason.TIMEOUT, "silent", null);

  private static OcspException rejected(Rejected.Reason reason) {
    return new Rejected(null, reason, reason.name(), null);
  }

  private static OcspException refused(Refused.Reason reason) {
    return new Refused(null, reason, 0, null, reason.name());
  }

  @Test
  void mostTelling_ofEachPair_isTheBetterUnderstood() {
    List<OcspException> ranked = List.of(forged, unauthorized, tryLater, page, status, silent);

    for (int better = 0; better < ranked.size(); better++) {
      for (int worse = better + 1; worse < ranked.size(); worse++) {
        assertThat(FailureRank.mostTelling(List.of(ranked.get(worse), ranked.get(better))))
            .isSameAs(ranked.get(better));
      }
    }
  }

  @Test
  void mostTelling_ofEquals_isTheFirstAndCarriesTheOthers() {
    OcspException second = refused(Refused.Reason.TRY_LATER);

    OcspException most = FailureRank.mostTelling(List.of(silent, tryLater, second));

    assertThat(most).isSameAs(tryLater);
    assertThat(most.getSuppressed()).containsExactly(silent, second);
  }
}
