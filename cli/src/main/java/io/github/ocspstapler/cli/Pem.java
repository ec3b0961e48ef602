package io.github.ocspstapler.cli;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** One block of a PEM file (RFC 7468). Immutable. */
final class Pem {
  private static final String BEGIN = "-----BEGIN ";
  private static final String DASHES = "-----";

  private final String label;
  private final byte[] content;

  private Pem(String label, byte[] content) {
    this.label = label;
    this.content = content;
  }

  /** For example {@code CERTIFICATE}. */
  String label() {
    return label;
  }

  /** The decoded bytes; a new array. */
  byte[] content() {
    return content.clone();
  }

  /**
   * Returns the blocks in these bytes, whatever text stands around them, or empty if they are not
   * PEM: DER, or nothing known.
   *
   * @throws IllegalArgumentException if a block does not end or is not base64
   */
  static Optional<List<Pem>> blocks(byte[] bytes) {
    if (looksLikeDer(bytes)) {
      return Optional.empty();
    }
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    List<Pem> blocks = new ArrayList<>();
    int begin = text.indexOf(BEGIN);
    while (begin >= 0) {
      int labelEnd = text.indexOf(DASHES, begin + BEGIN.length());
      if (labelEnd < 0) {
        throw new IllegalArgumentException("its PEM block has no end");
      }
      String label = text.substring(begin + BEGIN.length(), labelEnd);
      String end = "-----END " + label + DASHES;
      int body = labelEnd + DASHES.length(); // the end must not share its dashes
      int bodyEnd = text.indexOf(end, body);
      if (bodyEnd < 0) {
        throw new IllegalArgumentException("its PEM block has no end");
      }
      blocks.add(new Pem(label, base64(text, body, bodyEnd)));
      begin = text.indexOf(BEGIN, bodyEnd + end.length());
    }
    return blocks.isEmpty() ? Optional.empty() : Optional.of(blocks);
  }

  private static byte[] base64(String text, int from, int to) {
    StringBuilder packed = new StringBuilder(to - from);
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c > ' ') {
        packed.append(c);
      }
    }
    try {
      return Base64.getDecoder().decode(packed.toString());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("its PEM block is not base64", e);
    }
  }

  /** A SEQUENCE with a long length, or one exactly as long as the bytes: no text starts like it. */
  private static boolean looksLikeDer(byte[] bytes) {
    return bytes.length >= 2
        && bytes[0] == 0x30
        && ((bytes[1] & 0x80) != 0 || bytes.length == 2 + bytes[1]);
  }
}
