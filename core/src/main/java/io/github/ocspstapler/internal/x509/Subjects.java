package io.github.ocspstapler.internal.x509;

import io.github.ocspstapler.internal.der.DerReader;
import java.security.cert.X509Certificate;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Names of certificates as text for messages and logs: a stranger may have chosen them, so neither
 * a line break nor what controls a terminal gets through, and the length is bounded.
 */
public final class Subjects {
  private static final int MAX_TEXT = 200;

  private Subjects() {}

  /** Returns the certificate's subject in quotes, at most {@value #MAX_TEXT} characters of it. */
  public static String of(X509Certificate certificate) {
    return of(certificate.getSubjectX500Principal());
  }

  /** Returns the name in quotes, at most {@value #MAX_TEXT} characters of it. */
  public static String of(X500Principal name) {
    return '"' + plain(name.toString()) + '"';
  }

  /** Returns an encoded name as text, or a word for one that cannot be read. */
  public static String of(DerReader encodedName) {
    X500Principal name = principal(encodedName);
    return name == null ? "(unreadable name)" : of(name);
  }

  /** Returns an encoded name, or null if it is none. */
  public static @Nullable X500Principal principal(DerReader encodedName) {
    try {
      return new X500Principal(encodedName.bytes());
    } catch (RuntimeException e) {
      return null; // IllegalArgumentException, says its contract; the bytes are a stranger's
    }
  }

  /** Returns a stranger's text on one line, at most {@value #MAX_TEXT} characters of it. */
  public static String plain(String text) {
    return plain(text, MAX_TEXT);
  }

  /** Returns a stranger's text on one line, at most so many characters of it. */
  public static String plain(String text, int most) {
    StringBuilder plain = new StringBuilder();
    text.codePoints().limit(most).forEach(c -> plain.appendCodePoint(isHarmless(c) ? c : '?'));
    if (text.codePointCount(0, text.length()) > most) {
      plain.append('…');
    }
    return plain.toString();
  }

  // FORMAT are also those that reverse the direction of writing.
  private static boolean isHarmless(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }
}
