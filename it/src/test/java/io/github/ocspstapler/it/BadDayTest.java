package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * S1, S2, S3, S5, S7, X1, X2, X3, X5, X6, X7, X12, X13: every fault against everything that must
 * hold on a bad day. The table in docs/design/bad-day.md is what this run has found.
 */
class BadDayTest {
  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicTest> badDay_everyFault_changesNothingForClients() {
    BadDayTable table = new BadDayTable();
    List<DynamicTest> tests = new ArrayList<>();
    BadDays.all()
        .forEach(day ->
            tests.add(
                DynamicTest.dynamicTest(
                    day.name(),
                    () -> {
                      Verdict verdict = day.run(folder);
                      table.add(day.name(), verdict);
                      assertThat(verdict.broken()).isEmpty();
                    })));
    tests.add(DynamicTest.dynamicTest("the table in the docs", table::check));
    return tests.stream();
  }
}
