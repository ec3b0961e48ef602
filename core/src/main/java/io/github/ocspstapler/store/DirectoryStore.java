package io.github.ocspstapler.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A store in a directory. Thread-safe, and safe with other processes on the same directory: it
 * remembers nothing, and each file is replaced in one step.
 */
final class DirectoryStore implements StapleStore {
  /** Of a longer file only so much is read, and no verifier takes that. */
  static final int MAX_RESPONSE = 64 * 1024;

  /** Longer notes are no notes. */
  static final int MAX_NOTES = 16 * 1024;

  /** A temporary file of this age was left behind by a process that is no more. */
  static final Duration LEFT_BEHIND = Duration.ofHours(1);

  /** Whoever has a clock that is behind may still use an entry for so long. */
  static final Duration KEPT_EXPIRED = Duration.ofDays(1);

  /** A response without readable notes goes when it was not replaced for so long. */
  static final Duration KEPT_WITHOUT_NOTES = Duration.ofDays(30);

  private static final String RESPONSE = ".ocsp";
  private static final String NOTES = ".properties";
  private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern ENTRY = Pattern.compile("[0-9a-f]{64}\\.(ocsp|properties)");
  private static final Pattern TEMPORARY =
      Pattern.compile("\\.[0-9a-f]{64}\\.(ocsp|properties)\\.[0-9a-f-]{36}");

  private final Path directory;

  DirectoryStore(Path directory) {
    this.directory = directory;
  }

  @Override
  public Optional<StoredStaple> load(String fingerprint) throws IOException {
    byte[] response = read(file(fingerprint, RESPONSE), MAX_RESPONSE);
    if (response == null) {
      return Optional.empty();
    }
    EntryNotes notes = notes(fingerprint);
    return Optional.of(
        notes != null && notes.isAbout(response)
            ? notes.with(response)
            : new StoredStaple(
                response, Instant.MAX, Optional.empty(), Optional.empty(), Map.of()));
  }

  @Override
  public void save(String fingerprint, StoredStaple staple) throws IOException {
    Path response = file(fingerprint, RESPONSE);
    createDirectory();
    byte[] bytes = staple.response();
    if (!holds(response, bytes)) {
      write(response, bytes);
    }
    write(file(fingerprint, NOTES), EntryNotes.of(staple).encoded());
  }

  @Override
  public void remove(String fingerprint) throws IOException {
    Files.deleteIfExists(file(fingerprint, RESPONSE));
    Files.deleteIfExists(file(fingerprint, NOTES));
  }

  @Override
  public void removeExpired(Instant now) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (ENTRY.matcher(name).matches()) {
          removeIfExpired(name.substring(0, 64), file, now);
        } else if (TEMPORARY.matcher(name).matches() && isOlder(file, LEFT_BEHIND, now)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (NoSuchFileException e) {
      // No directory, nothing to remove.
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private void removeIfExpired(String fingerprint, Path file, Instant now) throws IOException {
    EntryNotes notes = notes(fingerprint);
    boolean expired =
        notes == null
            ? isOlder(file, KEPT_WITHOUT_NOTES, now)
            : notes.validUntil().isBefore(now.minus(KEPT_EXPIRED));
    if (expired) {
      remove(fingerprint);
    }
  }

  private static boolean isOlder(Path file, Duration age, Instant now) throws IOException {
    try {
      Instant changed = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
      return changed.isBefore(now.minus(age));
    } catch (NoSuchFileException e) {
      return false; // another process was faster
    }
  }

  private Path file(String fingerprint, String extension) {
    if (!FINGERPRINT.matcher(fingerprint).matches()) {
      throw new IllegalArgumentException(
          "fingerprint: " + fingerprint + " (expected: 64 lower-case hexadecimal digits)");
    }
    return directory.resolve(fingerprint + extension);
  }

  private @Nullable EntryNotes notes(String fingerprint) throws IOException {
    byte[] text = read(file(fingerprint, NOTES), MAX_NOTES);
    return text == null || text.length > MAX_NOTES ? null : EntryNotes.parse(text);
  }

  /** Reads a file, but no more of it than one byte above the limit; null if there is none. */
  private static byte @Nullable [] read(Path file, int limit) throws IOException {
    try {
      // Opening a pipe that somebody put there would wait for ever.
      if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .isRegularFile()) {
        throw new FileSystemException(file.toString(), null, "not a regular file");
      }
      Set<OpenOption> options = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
      try (SeekableByteChannel in = Files.newByteChannel(file, options)) {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(in.size(), limit) + 1);
        while (bytes.hasRemaining() && in.read(bytes) >= 0) {
          // Until the buffer is full or the file ends.
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
      }
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** If only the notes are new, whoever watches the responses is not woken. */
  private static boolean holds(Path file, byte[] bytes) {
    try {
      byte[] found = read(file, bytes.length);
      return found != null && Arrays.equals(found, bytes);
    } catch (IOException e) {
      return false;
    }
  }

  private void createDirectory() throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, ownerOnly("rwx------"));
    }
  }

  /** Replaces a file in one step: whoever reads it finds the old or the new one. */
  private void write(Path target, byte[] bytes) throws IOException {
    Path temporary = directory.resolve("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      try (FileChannel out = FileChannel.open(temporary, options, ownerOnly("rw-------"))) {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
          out.write(rest);
        }
        // Without this a power cut can leave the new name on an empty file.
        out.force(true);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException | Error e) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException left) {
        e.addSuppressed(left); // removeExpired comes by
      }
      throw e;
    }
  }

  private FileAttribute<?>[] ownerOnly(String permissions) {
    boolean hasOwners = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    return hasOwners
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
