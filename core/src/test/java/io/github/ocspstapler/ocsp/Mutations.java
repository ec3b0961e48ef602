package io.github.ocspstapler.ocsp;

import java.util.Arrays;
import java.util.Random;

/** Makes bytes that are nearly something. */
final class Mutations {
  private Mutations() {}

  /** Returns the bytes with one to three things done to them. */
  static byte[] of(byte[] original, Random random) {
    byte[] bytes = original.clone();
    for (int times = 1 + random.nextInt(3); times > 0 && bytes.length > 0; times--) {
      bytes = once(bytes, random);
    }
    return bytes;
  }

  private static byte[] once(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length);
    int length = 1 + random.nextInt(Math.min(40, bytes.length - at));
    switch (random.nextInt(7)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt(256);
      case 2 -> bytes[at] += (byte) (random.nextBoolean() ? 1 : -1);
      case 3 -> {
        return splice(bytes, at, length, new byte[0]);
      }
      case 4 -> {
        byte[] junk = new byte[length];
        random.nextBytes(junk);
        return splice(bytes, at, 0, junk);
      }
      case 5 -> {
        return splice(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
      }
      default -> {
        int from = random.nextInt(bytes.length - length + 1);
        System.arraycopy(bytes, from, bytes, at, length);
      }
    }
    return bytes;
  }

  private static byte[] splice(byte[] bytes, int at, int removed, byte[] added) {
    byte[] result = new byte[bytes.length - removed + added.length];
    System.arraycopy(bytes, 0, result, 0, at);
    System.arraycopy(added, 0, result, at, added.length);
    System.arraycopy(bytes, at + removed, result, at + added.length, bytes.length - at - removed);
    return result;
  }
}
