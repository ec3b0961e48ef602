package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Nobody is lost who was worked off, even if that failed. */
class AgendaTest extends IntakeFixture {
  private final Agenda agenda = new Agenda(intake, Duration.ofDays(7));

  AgendaTest() {
    kept.preloaded = true; // never forgotten
  }

  @Test
  void comeRound_notPlanned_comesASecondLater() {
    agenda.comeRound(kept, start);

    assertThat(agenda.earliest()).isEqualTo(start + Agenda.ROUND);
  }

  @Test
  void comeRound_plannedForNow_comesASecondLater() {
    kept.nextAttempt = start;
    agenda.plan(kept, start);

    agenda.comeRound(kept, start);

    assertThat(agenda.earliest()).isEqualTo(start + Agenda.ROUND);
  }

  @Test
  void comeRound_plannedForLater_staysPlanned() {
    kept.nextAttempt = start + 1;
    agenda.plan(kept, start);

    agenda.comeRound(kept, start);

    assertThat(agenda.earliest()).isEqualTo(start + 1);
  }

  @Test
  void comeRound_forgotten_comesNoMore() {
    kept.removed = true;

    agenda.comeRound(kept, start);
    agenda.plan(kept, start);

    assertThat(agenda.earliest()).isEqualTo(RefreshPlan.NEVER);
  }
}
