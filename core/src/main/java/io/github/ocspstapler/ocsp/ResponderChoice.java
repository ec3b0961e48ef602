package io.github.ocspstapler.ocsp;

import io.github.ocspstapler.internal.http.HttpExchanges;
import io.github.ocspstapler.internal.x509.CertificateFields;
import io.github.ocspstapler.internal.x509.Subjects;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Decides whom to ask about a certificate: what is configured for its issuer; else the URLs it
 * names, each replaced by what is configured for its host.
 *
 * <p>Immutable and thread-safe.
 */
final class ResponderChoice {

  /**
   * Whom to ask.
   *
   * @param responders the URLs, in order
   * @param whyNone why there are none, as a sentence without the certificate; empty if there are
   * @param disabled whether there are none because the configuration says so
   */
  record Chosen(List<URI> responders, String whyNone, boolean disabled) {}

  private final Map<X500Principal, List<URI>> byIssuer;
  private final Map<String, List<URI>> byHost;

  ResponderChoice(Map<X500Principal, List<URI>> byIssuer, Map<String, List<URI>> byHost) {
    this.byIssuer = Map.copyOf(byIssuer);
    this.byHost = Map.copyOf(byHost);
  }

  Chosen of(X509Certificate certificate) {
    List<URI> configured = byIssuer.get(certificate.getIssuerX500Principal());
    if (configured != null) {
      String why =
          "OCSP is disabled for its issuer " + Subjects.of(certificate.getIssuerX500Principal());
      return new Chosen(configured, configured.isEmpty() ? why : "", configured.isEmpty());
    }
    return named(CertificateFields.ocspUrls(certificate));
  }

  private Chosen named(List<URI> urls) {
    Set<URI> responders = new LinkedHashSet<>();
    @Nullable String disabledHost = null;
    for (URI url : urls) {
      if (!HttpExchanges.isAskable(url)) {
        continue;
      }
      String host = url.getHost().toLowerCase(Locale.ROOT);
      List<URI> replacements = byHost.get(host);
      if (replacements == null) {
        responders.add(HttpExchanges.withoutFragment(url));
      } else if (replacements.isEmpty()) {
        disabledHost = host;
      } else {
        responders.addAll(replacements);
      }
    }
    return new Chosen(
        List.copyOf(responders),
        responders.isEmpty() ? whyNone(urls, disabledHost) : "",
        responders.isEmpty() && disabledHost != null);
  }

  private static String whyNone(List<URI> urls, @Nullable String disabledHost) {
    if (disabledHost != null) {
      return "OCSP is disabled for the responder's host " + disabledHost;
    }
    return urls.isEmpty()
        ? "it names no OCSP responder"
        : "it names no OCSP responder that can be asked, only " + urls + " (expected: http, https)";
  }
}
