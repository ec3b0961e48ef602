package io.github.ocspstapler.ocsp;

import io.github.ocspstapler.internal.der.DerReader;
import java.security.cert.X509Certificate;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** Names of certificates, for messages: a stranger may have chosen them. */
final class Subjects {
  private static final int MAX_TEXT = 200;

  private Subjects() {}

  static String of(X509Certificate certificate) {
    return text(certificate.getSubjectX500Principal());
  }

  /** Returns an encoded name as text, or a word for one that cannot be read. */
  static String of(DerReader encodedName) {
    X500Principal name = principal(encodedName);
    return name == null ? "(unreadable name)" : text(name);
  }

  /** Returns an encoded name, or null if it is none. */
  static @Nullable X500Principal principal(DerReader encodedName) {
    try {
      return new X500Principal(encodedName.bytes());
    } catch (RuntimeException e) {
      return null; // IllegalArgumentException, says its contract; the bytes are a stranger's
    }
  }

  /** Neither a line break nor a terminal's control characters get into a log this way. */
  private static String text(X500Principal principal) {
    String name = principal.toString();
    StringBuilder text = new StringBuilder("\"");
    name.codePoints()
        .limit(MAX_TEXT)
        .forEach(c -> text.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return text.append(name.length() > MAX_TEXT ? "…\"" : "\"").toString();
  }
}
