package io.github.ocspstapler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinesTest {
  @Test
  void lines_emptyOnesAndAMissingEnd_areKept() throws IOException {
    assertThat(lines("")).isEmpty();
    assertThat(lines("a")).containsExactly("a");
    assertThat(lines("a\n")).containsExactly("a");
    assertThat(lines("a\n\nb\n")).containsExactly("a", "", "b");
    assertThat(lines("a\r\nb")).containsExactly("a\r", "b");
  }

  @Test
  void line_ofTheLargestSize_isWhole() throws IOException {
    Lines lines = of("x".repeat(Lines.MAX_BYTES) + "\ny");

    assertThat(lines.next()).isTrue();
    assertThat(lines.tooLong()).isFalse();
    assertThat(lines.bytes()).hasSize(Lines.MAX_BYTES);
  }

  @Test
  void line_tooLong_isPassedOver() throws IOException {
    Lines lines = of("x".repeat(Lines.MAX_BYTES + 1) + "\ny");

    assertThat(lines.next()).isTrue();
    assertThat(lines.tooLong()).isTrue();
    assertThat(lines.next()).isTrue();
    assertThat(lines.tooLong()).isFalse();
    assertThat(new String(lines.bytes(), UTF_8)).isEqualTo("y");
    assertThat(lines.next()).isFalse();
  }

  private static List<String> lines(String text) throws IOException {
    Lines lines = of(text);
    List<String> all = new ArrayList<>();
    while (lines.next()) {
      all.add(new String(lines.bytes(), UTF_8));
    }
    return all;
  }

  private static Lines of(String text) {
    return new Lines(new ByteArrayInputStream(text.getBytes(UTF_8)));
  }
}
