package io.github.ocspstapler.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The lines of a stream as bytes, without their ends, bounded in length. The last one may lack its
 * end; an empty line is a line. Not thread-safe.
 */
final class Lines {
  /** What is longer is read to its end and forgotten. */
  static final int MAX_BYTES = 1 << 20;

  private final InputStream in;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean tooLong;

  Lines(InputStream in) {
    this.in = in;
  }

  /** Goes to the next line; false if there is none. */
  boolean next() throws IOException {
    line.reset();
    tooLong = false;
    int b = in.read();
    if (b < 0) {
      return false;
    }
    while (b >= 0 && b != '\n') {
      if (line.size() < MAX_BYTES) {
        line.write(b);
      } else {
        tooLong = true;
      }
      b = in.read();
    }
    return true;
  }

  /** Whether the line has more than {@value #MAX_BYTES} bytes. */
  boolean tooLong() {
    return tooLong;
  }

  /** The line, or its beginning if it is too long; a new array. */
  byte[] bytes() {
    return line.toByteArray();
  }
}
