package io.github.ocspstapler.jsse;

import io.github.ocspstapler.internal.der.DerWriter;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLConnection;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * The question whether a channel delivers, asked by doing it: a staple of a throw-away certificate
 * must come out of TLS 1.3 and TLS 1.2 handshakes byte for byte.
 *
 * <p>Blocks for two handshakes in memory; leaves nothing behind.
 */
final class DeliveryProbe {
  private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");
  private static final int FETCH_TIMEOUT_MILLIS = 3000;

  private final SourceResponder responder;

  DeliveryProbe(SourceResponder responder) {
    this.responder = responder;
  }

  /** Returns why the channel does not deliver, or empty if it does. */
  Optional<String> failure(Channel channel) {
    ProbeIdentity identity;
    try {
      identity = ProbeIdentity.create();
    } catch (GeneralSecurityException e) {
      return Optional.of("the probe's certificate could not be made: " + e);
    }
    StapleSource source =
        certId ->
            certId.equals(identity.certId()) ? Optional.of(identity.response()) : Optional.empty();
    responder.add(source);
    try {
      Optional<String> failure = fetch(channel.uri(), identity);
      // A client of this JVM that may not ask for a staple cannot tell whether it would get one.
      return failure.isPresent() || JvmProperties.clientsNeverAsk()
          ? failure
          : handshakes(identity);
    } finally {
      responder.remove(source);
    }
  }

  /** Fetches as the JDK does, which tells a channel that does not answer from one not asked. */
  private static Optional<String> fetch(URI responder, ProbeIdentity identity) {
    byte[] certId = new byte[identity.certId().remaining()];
    identity.certId().duplicate().get(certId);
    byte[] request =
        DerWriter.sequence(DerWriter.sequence(DerWriter.sequence(DerWriter.sequence(certId))));
    String encoded =
        URLEncoder.encode(Base64.getEncoder().encodeToString(request), StandardCharsets.UTF_8);
    try {
      URLConnection connection = URI.create(responder + "/" + encoded).toURL().openConnection();
      connection.setConnectTimeout(FETCH_TIMEOUT_MILLIS);
      connection.setReadTimeout(FETCH_TIMEOUT_MILLIS);
      try (InputStream body = connection.getInputStream()) {
        boolean same =
            connection instanceof HttpURLConnection
                && Arrays.equals(body.readAllBytes(), identity.response());
        return same ? Optional.empty() : Optional.of(responder + " gave another answer than ours");
      }
    } catch (IOException | RuntimeException e) {
      return Optional.of(responder + " could not be asked: " + e);
    }
  }

  private static Optional<String> handshakes(ProbeIdentity identity) {
    List<String> unfinished = new ArrayList<>();
    for (String protocol : PROTOCOLS) {
      try {
        if (!new ProbeHandshake(identity).staples(protocol)) {
          return Optional.of("a " + protocol + " handshake in memory carried no staple");
        }
      } catch (SSLException e) {
        // Such a protocol is switched off in this JVM: it needs no staples.
        unfinished.add(protocol + ": " + e.getMessage());
      } catch (GeneralSecurityException | RuntimeException e) {
        return Optional.of("a " + protocol + " handshake could not be tried: " + e);
      }
    }
    return unfinished.size() == PROTOCOLS.size()
        ? Optional.of("no handshake in memory succeeded (" + String.join("; ", unfinished) + ")")
        : Optional.empty();
  }
}
