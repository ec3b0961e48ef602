package io.github.ocspstapler.it;

import io.github.ocspstapler.store.StapleStore;
import io.github.ocspstapler.store.StoredStaple;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Meets a real file system that is full, then one that is read-only: {@code DIRECTORY}, on a file
 * system of its own. Says what held; ends with status 0 only if all did.
 */
final class SmallDiskProgram {
  private SmallDiskProgram() {}

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    StapleStore store = StapleStore.directory(directory);
    long version = 0;
    IOException full = null;
    while (full == null && version < 10_000) {
      try {
        store.save(name(version), StoreWriterProgram.staple(version));
        version++;
      } catch (IOException e) {
        full = e;
      }
    }
    check("the disk fills up: " + full, full != null);
    check("what was saved is whole", isWhole(store, version));
    check("replacing fails and leaves the old one", keepsTheOldOne(store));
    store.remove(name(1));
    store.remove(name(2));
    store.save(name(1), StoreWriterProgram.staple(1));
    check("with room again it is written again", store.load(name(1)).isPresent());

    remount(directory, "ro");
    check("read-only: replacing fails and leaves the old one", keepsTheOldOne(store));
    check("read-only: reading works", store.load(name(1)).isPresent());
    remount(directory, "rw");
    store.remove(name(3));
    store.save(name(0), StoreWriterProgram.staple(0));
    check("writable again it is written again", store.load(name(0)).isPresent());
  }

  private static boolean isWhole(StapleStore store, long versions) throws IOException {
    for (long version = 0; version < versions; version++) {
      Optional<StoredStaple> found = store.load(name(version));
      byte[] expected = StoreWriterProgram.staple(version).response();
      if (found.isEmpty() || !Arrays.equals(found.get().response(), expected)) {
        return false;
      }
    }
    return true;
  }

  private static boolean keepsTheOldOne(StapleStore store) throws IOException {
    byte[] before = store.load(name(0)).orElseThrow().response();
    try {
      store.save(name(0), StoreWriterProgram.staple(77));
      return false;
    } catch (IOException e) {
      return Arrays.equals(store.load(name(0)).orElseThrow().response(), before);
    }
  }

  private static String name(long version) {
    return String.format("%064x", version);
  }

  private static void remount(Path directory, String how) throws Exception {
    Process mount =
        new ProcessBuilder("mount", "-o", "remount," + how, directory.toString())
            .inheritIO()
            .start();
    check("remounted " + how, mount.waitFor() == 0);
  }

  private static void check(String what, boolean held) {
    System.out.println((held ? "held: " : "NOT held: ") + what);
    if (!held) {
      System.exit(1);
    }
  }
}
