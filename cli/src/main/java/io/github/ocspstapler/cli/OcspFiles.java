package io.github.ocspstapler.cli;

import io.github.ocspstapler.store.StapleStore;
import io.github.ocspstapler.store.StoredStaple;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The responses where servers look for them: a {@code .ocsp} file for each certificate file. A
 * store, so that the stapler writes them, tries again while the disk fails, and starts with what
 * the last run left; it verifies all that it reads.
 *
 * <p>Thread-safe.
 */
final class OcspFiles implements StapleStore {
  private static final int MAX_BYTES = 64 * 1024;

  /** Told of files that are no longer what they were; called without a lock. */
  interface Listener {
    /** A response was written. */
    void written(Path file, byte[] response);

    /** A response is no more. */
    void removed(Path file);
  }

  private final Listener listener;
  private volatile Map<String, Set<Path>> targets = Map.of(); // by fingerprint

  OcspFiles(Listener listener) {
    this.listener = listener;
  }

  /** Sets which files hold the response about which certificate. */
  void targets(Map<String, Set<Path>> files) {
    targets = Map.copyOf(files);
  }

  private Set<Path> files(String fingerprint) {
    return targets.getOrDefault(fingerprint, Set.of());
  }

  @Override
  public Optional<StoredStaple> load(String fingerprint) throws IOException {
    for (Path file : files(fingerprint)) {
      byte[] response = read(file);
      if (response != null && response.length > 0) {
        return Optional.of(
            new StoredStaple(response, Instant.MAX, Optional.empty(), Optional.empty(), Map.of()));
      }
    }
    return Optional.empty();
  }

  @Override
  public void save(String fingerprint, StoredStaple staple) throws IOException {
    write(fingerprint, staple.response());
  }

  /** Makes all files of a certificate hold this response; those that do are left alone. */
  void write(String fingerprint, byte[] response) throws IOException {
    IOException failure = null;
    for (Path file : files(fingerprint)) {
      try {
        if (!Arrays.equals(read(file), response)) {
          replace(file, response);
          listener.written(file, response);
        }
      } catch (IOException e) {
        failure = e; // the others' servers need theirs
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Whether all files of a certificate hold this response. */
  boolean hold(String fingerprint, byte[] response) {
    for (Path file : files(fingerprint)) {
      try {
        if (!Arrays.equals(read(file), response)) {
          return false;
        }
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void remove(String fingerprint) throws IOException {
    for (Path file : files(fingerprint)) {
      remove(file);
    }
  }

  void remove(Path file) throws IOException {
    if (Files.deleteIfExists(file)) {
      listener.removed(file);
    }
  }

  private static byte @Nullable [] read(Path file) throws IOException {
    try {
      if (!Files.isRegularFile(file)) {
        return null; // opening a pipe would wait for ever
      }
      try (InputStream in = Files.newInputStream(file)) {
        return in.readNBytes(MAX_BYTES + 1);
      }
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** In one step: a server that loads it meanwhile finds the old one or the new one. */
  private static void replace(Path file, byte[] response) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException(file + ": not a file's name");
    }
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(folder + ": not a folder", e);
    }
    // Begins with a dot: HAProxy, which loads a whole folder, leaves those out.
    Path temporary = folder.resolve("." + file.getFileName() + "." + UUID.randomUUID());
    try {
      try (FileChannel out =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap(response);
        while (rest.hasRemaining()) {
          out.write(rest);
        }
        out.force(true);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  @Override
  public String toString() {
    return "the .ocsp files";
  }
}
