package io.github.ocspstapler.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** A stored staple as one value: its notes, an empty line, its response. */
final class EncodedStaple {
  private EncodedStaple() {}

  static byte[] of(StoredStaple staple) {
    EntryNotes notes = EntryNotes.of(staple);
    byte[] head = head(notes);
    if (head.length > DirectoryStore.MAX_NOTES) {
      head = head(notes.undescribed());
    }
    byte[] response = staple.response();
    return ByteBuffer.allocate(head.length + response.length).put(head).put(response).array();
  }

  private static byte[] head(EntryNotes notes) {
    return (notes.lines() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  static StoredStaple read(byte[] bytes) {
    int end = endOfHead(bytes);
    EntryNotes notes = end < 0 ? null : EntryNotes.parse(Arrays.copyOf(bytes, end));
    if (notes == null) {
      return bare(bytes);
    }
    byte[] response = Arrays.copyOfRange(bytes, end, bytes.length);
    return notes.isAbout(response) ? notes.with(response) : bare(response);
  }

  private static StoredStaple bare(byte[] response) {
    return new StoredStaple(response, Instant.MAX, Optional.empty(), Optional.empty(), Map.of());
  }

  /** Returns where the response begins; negative if there is no head. */
  private static int endOfHead(byte[] bytes) {
    int last = Math.min(bytes.length, DirectoryStore.MAX_NOTES);
    for (int i = 1; i < last; i++) {
      if (bytes[i] == '\n' && bytes[i - 1] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }
}
