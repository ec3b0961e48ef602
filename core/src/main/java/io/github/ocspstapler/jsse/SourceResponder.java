package io.github.ocspstapler.jsse;

import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.inprocess.InProcessResponder;
import java.io.ByteArrayOutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The responder that looks each asked certificate up in the sources, in the order they were added.
 *
 * <p>Thread-safe; takes no lock to answer. Bytes that are no request, a request that is too long
 * and a source that fails all give "none".
 */
final class SourceResponder implements InProcessResponder {
  /** Base64 needs four characters for three bytes; each may be percent-encoded as three. */
  private static final int MAX_ENCODED_CHARS = MAX_REQUEST_BYTES / 3 * 4 * 3;

  private final List<StapleSource> sources = new CopyOnWriteArrayList<>();
  private final AtomicBoolean sourceFailed = new AtomicBoolean();

  void add(StapleSource source) {
    sources.add(source);
  }

  /** Removes one occurrence; the very next question does not reach it any more. */
  void remove(StapleSource source) {
    sources.remove(source);
  }

  boolean isEmpty() {
    return sources.isEmpty();
  }

  @Override
  public Optional<byte[]> get(String encodedRequest) {
    byte[] request = decode(encodedRequest);
    return request == null ? Optional.empty() : post(request);
  }

  @Override
  public Optional<byte[]> post(byte[] request) {
    if (request.length > MAX_REQUEST_BYTES) {
      return Optional.empty();
    }
    ByteBuffer certId;
    try {
      certId = CertIds.ofRequest(request);
    } catch (DerException e) {
      Log.LOG.log(Level.DEBUG, () -> "not an OCSP request for one certificate: " + e.getMessage());
      return Optional.empty();
    }
    for (StapleSource source : sources) {
      Optional<byte[]> response = ask(source, certId);
      if (response.isPresent()) {
        return response;
      }
    }
    return Optional.empty();
  }

  private Optional<byte[]> ask(StapleSource source, ByteBuffer certId) {
    try {
      return source.response(certId.duplicate());
    } catch (RuntimeException | Error e) {
      // Whatever is wrong with a source, the handshake goes on, unstapled.
      if (sourceFailed.compareAndSet(false, true)) {
        Log.LOG.log(
            Level.WARNING,
            "A staple could not be looked up; the handshake goes on unstapled. Further failures"
                + " are not logged.",
            e);
      }
      return Optional.empty();
    }
  }

  /**
   * Undoes percent-encoding and base64; null for anything else. A plus sign stays one: it belongs
   * to base64, and some clients do not percent-encode it.
   */
  private static byte @Nullable [] decode(String encoded) {
    if (encoded.length() > MAX_ENCODED_CHARS) {
      return null;
    }
    ByteArrayOutputStream base64 = new ByteArrayOutputStream(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      int c = encoded.charAt(i);
      if (c == '%' && i + 2 < encoded.length()) {
        int high = Character.digit(encoded.charAt(i + 1), 16);
        int low = Character.digit(encoded.charAt(i + 2), 16);
        c = (high | low) < 0 ? 0 : high << 4 | low;
        i += 2;
      }
      base64.write(c < 0x80 ? c : 0);
    }
    try {
      return Base64.getDecoder().decode(base64.toByteArray());
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  // Looked up when there is something to say: an agent prepares before logging is set up.
  private static final class Log {
    static final Logger LOG = System.getLogger(JsseDelivery.class.getName());
  }
}
