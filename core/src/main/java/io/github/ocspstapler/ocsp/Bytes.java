package io.github.ocspstapler.ocsp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Bytes as a key of a map. The array must not change. */
final class Bytes {
  private final byte[] bytes;
  private final int hash;

  Bytes(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  byte[] array() {
    return bytes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
