package io.github.ocspstapler.cli;

import java.security.cert.X509Certificate;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** Names for people to read. */
final class Names {
  private Names() {}

  /** Returns a certificate's common name, or its whole subject if it has none. */
  static String of(X509Certificate certificate) {
    String subject = certificate.getSubjectX500Principal().getName();
    try {
      for (Rdn part : new LdapName(subject).getRdns()) {
        if (part.getType().equalsIgnoreCase("CN")) {
          return part.getValue().toString();
        }
      }
    } catch (InvalidNameException e) {
      // shown whole
    }
    return subject.isEmpty() ? "(no name)" : subject;
  }
}
