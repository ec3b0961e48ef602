package io.github.ocspstapler.it;

import io.github.ocspstapler.store.StapleStore;
import io.github.ocspstapler.store.StoredStaple;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Writes into a directory store until it is killed: {@code DIRECTORY FIRST}, versions from FIRST
 * on, each under the next of a few names, and each name by one of a few threads. Says a line after
 * the first of each.
 */
final class StoreWriterProgram {
  static final int NAMES = 8;
  private static final int WRITERS = 4; // divides the names: a name's versions are in order

  private StoreWriterProgram() {}

  public static void main(String[] arguments) {
    StapleStore store = StapleStore.directory(Path.of(arguments[0]));
    for (int i = 0; i < WRITERS; i++) {
      long first = Long.parseLong(arguments[1]) + i;
      new Thread(() -> write(store, first)).start();
    }
  }

  private static void write(StapleStore store, long first) {
    try {
      for (long version = first; ; version += WRITERS) {
        store.save(name(version), staple(version));
        if (version == first) {
          System.out.println("writing");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String name(long version) {
    return String.format("%064x", version % NAMES);
  }

  /** Bytes that tell their version, and whether they are whole. */
  static StoredStaple staple(long version) {
    SplittableRandom random = new SplittableRandom(version);
    ByteBuffer bytes = ByteBuffer.allocate(8 + 1_000 + random.nextInt(8_000));
    bytes.putLong(version);
    while (bytes.hasRemaining()) {
      bytes.put((byte) random.nextInt());
    }
    return new StoredStaple(
        bytes.array(),
        Instant.EPOCH.plusSeconds(version),
        Optional.empty(),
        Optional.empty(),
        Map.of("version", String.valueOf(version)));
  }

  static long version(StoredStaple staple) {
    return ByteBuffer.wrap(staple.response()).getLong();
  }
}
