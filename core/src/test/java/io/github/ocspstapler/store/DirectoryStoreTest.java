package io.github.ocspstapler.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The directory on a real file system, and what others do to it. */
class DirectoryStoreTest extends StapleStoreContract {
  @TempDir private Path parent;

  private Path directory() {
    return parent.resolve("not").resolve("yet");
  }

  @Override
  protected StapleStore store() {
    return StapleStore.directory(directory());
  }

  private Path file(String name) {
    return directory().resolve(name);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  // Other servers staple what is in .ocsp; people read what is beside it.
  @Test
  void save_aStaple_makesTwoFilesThatOthersCanRead() throws Exception {
    store().save(ONE, staple(1));

    assertThat(files()).containsExactly(ONE + ".ocsp", ONE + ".properties");
    assertThat(file(ONE + ".ocsp")).hasBinaryContent(staple(1).response());
    Properties notes = new Properties();
    notes.load(Files.newBufferedReader(file(ONE + ".properties"), UTF_8));
    assertThat(notes)
        .containsEntry("responder", "http://ocsp.ca.test/1")
        .containsEntry("validUntil", "2026-05-08T12:00:00Z")
        .containsEntry("subject", staple(1).description().get("subject"));
  }

  @Test
  void save_theSameTwice_writesTheSameBytes() throws Exception {
    store().save(ONE, staple(1));
    byte[] first = Files.readAllBytes(file(ONE + ".properties"));

    store().save(ONE, staple(1));

    assertThat(file(ONE + ".properties")).hasBinaryContent(first);
  }

  // Other servers load what is in .ocsp when it changes.
  @Test
  void save_sameResponse_leavesItsFileAlone() throws Exception {
    store().save(ONE, endingAt(NOW));
    FileTime before = FileTime.from(NOW.minus(Duration.ofDays(1)));
    Files.setLastModifiedTime(file(ONE + ".ocsp"), before);

    store().save(ONE, endingAt(NOW.plusSeconds(1)));
    assertThat(Files.getLastModifiedTime(file(ONE + ".ocsp"))).isEqualTo(before);
    assertThat(store().load(ONE)).hasValue(endingAt(NOW.plusSeconds(1)));

    store().save(ONE, staple(1));
    assertThat(file(ONE + ".ocsp")).hasBinaryContent(staple(1).response());
  }

  @Test
  void save_whereFilesHaveOwners_isForTheOwnerOnly() throws Exception {
    assumeTrue(
        parent.getFileSystem().supportedFileAttributeViews().contains("posix"),
        "This file system knows no owners.");

    store().save(ONE, staple(1));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
        .isEqualTo("rwx------");
    for (String file : files()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(file))))
          .isEqualTo("rw-------");
    }
  }

  // X15
  @Test
  void save_directoryVanished_makesItAgain() throws Exception {
    StapleStore store = store();
    store.save(ONE, staple(1));
    store.remove(ONE);
    Files.delete(directory());

    store.save(OTHER, staple(2));

    assertThat(store.load(ONE)).isEmpty();
    assertThat(store.load(OTHER)).hasValue(staple(2));
  }

  @Test
  void save_directoryIsAFile_failsAndLeavesIt() throws Exception {
    Files.createDirectories(directory().getParent());
    Files.writeString(directory(), "precious");

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> store().save(ONE, staple(1)));

    assertThat(directory()).hasContent("precious");
  }

  // X15: a write that fails leaves the old file, and nothing else.
  @Test
  void save_targetCannotBeReplaced_leavesNoTemporaryFile() throws Exception {
    Files.createDirectories(file(ONE + ".ocsp").resolve("in the way"));

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> store().save(ONE, staple(1)));

    assertThat(files()).containsExactly(ONE + ".ocsp");
  }

  @Test
  void load_notesOfAnotherResponse_areNotBelieved() throws Exception {
    store().save(ONE, staple(1));
    Files.write(file(ONE + ".ocsp"), staple(2).response());

    StoredStaple found = store().load(ONE).orElseThrow();

    assertThat(found.response()).isEqualTo(staple(2).response());
    assertThat(found.responder()).isEmpty();
    assertThat(found.freshUntil()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "junk",
        "sha256=00\\u00g0\nvalidUntil=2026-05-08T12:00:00Z",
        "sha256=00\nvalidUntil=tomorrow",
        "sha256=00\nvalidUntil=2026-05-08T12:00:00Z\nresponder=http://[",
        "sha256=00\nvalidUntil=2026-05-08T12:00:00Z\nfreshUntil=+1000000000-12-31T23:59:59Z",
      })
  void load_unreadableNotes_stillReturnsTheResponse(String notes) throws Exception {
    store().save(ONE, staple(1));
    Files.writeString(file(ONE + ".properties"), notes);

    assertThat(store().load(ONE).orElseThrow().response()).isEqualTo(staple(1).response());
  }

  // It would go into the head of a request.
  @Test
  void load_tagThatSplitsAHead_isNotBelieved() throws Exception {
    store().save(ONE, staple(1));
    Path notes = file(ONE + ".properties");
    String hostile = Files.readString(notes).replace("W/\"1\"", "\"\\r\\nX: y\"");
    Files.writeString(notes, hostile);

    StoredStaple found = store().load(ONE).orElseThrow();

    assertThat(hostile).contains("X: y");
    assertThat(found.validator()).isEmpty();
    assertThat(found.response()).isEqualTo(staple(1).response());
  }

  @Test
  void load_notesMissing_stillReturnsTheResponse() throws Exception {
    store().save(ONE, staple(1));
    Files.delete(file(ONE + ".properties"));

    assertThat(store().load(ONE).orElseThrow().response()).isEqualTo(staple(1).response());
  }

  @Test
  void load_hugeFiles_readsLittleOfThem() throws Exception {
    store().save(ONE, staple(1));
    Files.write(file(ONE + ".ocsp"), new byte[50_000_000]);
    Files.write(file(ONE + ".properties"), new byte[50_000_000]);

    assertThat(store().load(ONE).orElseThrow().response()).hasSize(DirectoryStore.MAX_RESPONSE + 1);
  }

  // Opening a pipe would hang, and a link leads who knows where.
  @Test
  void load_symbolicLink_isRefusedAndReplaced() throws Exception {
    Files.createDirectories(directory());
    Path elsewhere = Files.writeString(parent.resolve("elsewhere"), "precious");
    Files.createSymbolicLink(file(ONE + ".ocsp"), elsewhere);

    assertThatExceptionOfType(FileSystemException.class)
        .isThrownBy(() -> store().load(ONE))
        .withMessageContaining("not a regular file");
    store().save(ONE, staple(1));

    assertThat(store().load(ONE)).hasValue(staple(1));
    assertThat(elsewhere).hasContent("precious");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "../../etc/passwd", "ABCDEF"})
  void load_notAFingerprint_isTheCallersMistake(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store().load(name))
        .withMessageContaining("64 lower-case hexadecimal digits");
  }

  @Test
  void removeExpired_filesOfOthers_areLeftAlone() throws Exception {
    StapleStore store = store();
    store.save(ONE, endingAt(NOW.minus(Duration.ofDays(3))));
    Path foreign = Files.writeString(file("readme.ocsp"), "precious");
    Files.setLastModifiedTime(foreign, FileTime.from(Instant.EPOCH));

    store.removeExpired(NOW);

    assertThat(files()).containsExactly("readme.ocsp");
  }

  @Test
  void removeExpired_leftBehindByAKilledProcess_goesAfterAnHour() throws Exception {
    store().save(ONE, staple(1));
    String name = "." + ONE + ".ocsp.123e4567-e89b-12d3-a456-426614174000";
    Path temporary = Files.writeString(file(name), "half");
    Files.setLastModifiedTime(temporary, FileTime.from(NOW));

    store().removeExpired(NOW.plus(DirectoryStore.LEFT_BEHIND));
    assertThat(temporary).exists();
    store().removeExpired(NOW.plus(DirectoryStore.LEFT_BEHIND).plusMillis(1));

    assertThat(temporary).doesNotExist();
    assertThat(store().load(ONE)).isPresent();
  }

  @Test
  void removeExpired_withoutNotes_goesWhenItIsOld() throws Exception {
    store().save(ONE, staple(1));
    Files.delete(file(ONE + ".properties"));
    Files.setLastModifiedTime(file(ONE + ".ocsp"), FileTime.from(NOW));

    store().removeExpired(NOW.plus(DirectoryStore.KEPT_WITHOUT_NOTES));
    assertThat(store().load(ONE)).isPresent();
    store().removeExpired(NOW.plus(DirectoryStore.KEPT_WITHOUT_NOTES).plusMillis(1));

    assertThat(files()).isEmpty();
  }
}
