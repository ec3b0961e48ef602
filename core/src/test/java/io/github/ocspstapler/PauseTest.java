package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** No longer than planned, and no longer than any if the clock is set back. */
class PauseTest {
  private static final long NOW = 1_000_000;

  private final Pause pause = new Pause(500);

  @Test
  void isOver_notBegun_isOver() {
    assertThat(pause.isOver(NOW)).isTrue();
  }

  @Test
  void isOver_begun_isOverAfterItsLength() {
    pause.begin(NOW, 500);

    assertThat(pause.isOver(NOW)).isFalse();
    assertThat(pause.isOver(NOW + 499)).isFalse();
    assertThat(pause.isOver(NOW + 500)).isTrue();
  }

  @Test
  void isOver_clockSetBack_isNoLongerThanTheLongest() {
    pause.begin(NOW, 100);

    assertThat(pause.isOver(NOW - 400)).isFalse();
    assertThat(pause.isOver(NOW - 401)).isTrue();
    assertThat(pause.isOver(0)).isTrue();
  }
}
