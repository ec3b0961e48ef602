package io.github.ocspstapler.spring;

import io.github.ocspstapler.StaplePolicy;
import io.github.ocspstapler.jsse.JsseDelivery;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What {@code ocsp-stapler.*} says. An unknown name under it stops the application, as a value out
 * of its range does: a typing error must not cost the staples.
 *
 * <p>Immutable and thread-safe.
 *
 * @param enabled Whether certificates are stapled.
 * @param bundles Names of the SSL bundles to staple; without any, all that hold a private key.
 * @param goLiveWait How long a server waits for its staples at most before it starts, and before a
 *     reloaded bundle is used. It goes on without them afterwards.
 * @param delivery How staples reach the JDK's TLS.
 * @param policy Which certificates may be sent without a staple: any (lenient), any but those that
 *     demand one (must-staple), or only those that nobody can be asked about (strict).
 * @param stopServingBefore How long before its nextUpdate a staple is no longer served.
 * @param relayRevoked Whether clients are sent the CA's "revoked" for a revoked certificate,
 *     instead of nothing.
 * @param store Where staples survive a restart.
 * @param retry Pauses after failures.
 * @param client How responders are asked.
 */
@ConfigurationProperties(prefix = "ocsp-stapler", ignoreUnknownFields = false)
public record OcspStaplerProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue Set<String> bundles,
    @DefaultValue("2s") Duration goLiveWait,
    @DefaultValue("automatic") JsseDelivery.Mode delivery,
    @DefaultValue("lenient") StaplePolicy policy,
    @DefaultValue("5m") Duration stopServingBefore,
    @DefaultValue("false") boolean relayRevoked,
    @DefaultValue Store store,
    @DefaultValue Retry retry,
    @DefaultValue Client client) {

  /**
   * Where staples survive a restart.
   *
   * @param directory Directory that keeps staples across restarts, and for other processes.
   */
  public record Store(@Nullable Path directory) {}

  /**
   * Pauses after failures.
   *
   * @param first Longest pause after the first failure; it doubles with each more.
   * @param longest Longest pause after any number of failures.
   */
  public record Retry(@DefaultValue("10s") Duration first, @DefaultValue("1h") Duration longest) {}

  /**
   * How responders are asked.
   *
   * @param connectTimeout How long connecting to a responder may take.
   * @param timeout How long all of asking one responder may take.
   * @param nonce Whether to send a nonce, which defeats the responders' caches.
   * @param proxy HTTP proxy to ask through, such as http://proxy.example:3128; without it, the
   *     JVM's.
   */
  public record Client(
      @DefaultValue("3s") Duration connectTimeout,
      @DefaultValue("6s") Duration timeout,
      @DefaultValue("false") boolean nonce,
      @Nullable URI proxy) {}
}
