package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.store.StapleStore;
import io.github.ocspstapler.store.StoredStaple;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * X12, X15: a process that writes into the store, by four threads, is killed (-9), at random, a
 * hundred times. Each time every entry is the old or the new one, whole.
 */
class StoreCrashTest {
  private static final int KILLS = 100;

  @TempDir private Path folder;

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES) // seconds where nothing else runs
  void kill_writingProcessAHundredTimes_leavesOldOrNewAndWhole() throws Exception {
    StapleStore store = StapleStore.directory(folder);
    Random random = new Random(); // another moment each time
    long[] seen = new long[StoreWriterProgram.NAMES];
    Arrays.fill(seen, -1);
    long next = 0;

    for (int kill = 0; kill < KILLS; kill++) {
      killWhileItWrites(next, random.nextInt(30));

      for (int i = 0; i < seen.length; i++) {
        StoredStaple found = store.load(StoreWriterProgram.name(i)).orElse(null);
        if (found == null) {
          assertThat(seen[i]).as("an entry that was there is there").isEqualTo(-1);
          continue;
        }
        long version = StoreWriterProgram.version(found);
        assertThat(found.response())
            .as("whole")
            .isEqualTo(StoreWriterProgram.staple(version).response());
        assertThat(version).as("not older than before").isGreaterThanOrEqualTo(seen[i]);
        assertNotesAreItsOwnOrNone(found, version);
        seen[i] = version;
        next = Math.max(next, version + 1);
      }
    }

    assertThat(next).as("it did write between the kills").isGreaterThan(KILLS);
    store.removeExpired(Instant.now().plus(Duration.ofHours(2)));
    assertThat(temporaryFiles()).isEmpty();
  }

  private static void assertNotesAreItsOwnOrNone(StoredStaple found, long version) {
    if (!found.description().isEmpty()) {
      assertThat(found.description()).containsEntry("version", String.valueOf(version));
      assertThat(found.validUntil()).isEqualTo(Instant.EPOCH.plusSeconds(version));
    }
  }

  private void killWhileItWrites(long first, int millis) throws Exception {
    List<String> line =
        ChildJvm.of(StoreWriterProgram.class, folder.toString(), String.valueOf(first));
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    try {
      int said = process.getInputStream().read(); // it has begun
      assertThat(said).as("the program began").isEqualTo('w');
      boolean ended = process.waitFor(millis, TimeUnit.MILLISECONDS);
      assertThat(ended).as("it writes until it is killed").isFalse();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private List<String> temporaryFiles() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("."))
          .toList();
    }
  }
}
