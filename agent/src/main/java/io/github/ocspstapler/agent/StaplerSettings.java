package io.github.ocspstapler.agent;

import io.github.ocspstapler.StaplePolicy;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.store.StapleStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A stapler as the operator wants it.
 *
 * @param stapler what builds it
 * @param store where its staples survive a restart; empty for nowhere
 * @param jmx its name in JMX, which the builder is not told; empty if it is not to be shown
 */
record StaplerSettings(Stapler.Builder stapler, Optional<Path> store, Optional<String> jmx) {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  /** Reads the settings; what is wrong with them is one of their problems. */
  static StaplerSettings of(Settings settings) {
    OcspClient.Builder client = OcspClient.builder();
    settings.use("timeout", value -> client.timeout(duration(value)));
    settings.use("nonce", value -> client.nonce(Settings.bool(value)));
    if (settings.get("refuse-private-addresses", false, Settings::bool)) {
      client.refusePrivateAddresses();
    }
    if (settings.get("dangerously-allow-sha1-signatures", false, Settings::bool)) {
      client.dangerouslyAllowSha1Signatures();
    }
    Stapler.Builder stapler = Stapler.builder();
    settings.use("delivery", value -> stapler.delivery(delivery(value)));
    settings.use("policy", value -> stapler.policy(policy(value)));
    settings.use("must-staple-wait", value -> stapler.mustStapleWait(duration(value)));
    settings.use("max-certificates", value -> stapler.maxCertificates(number(value)));
    if (settings.get("relay-revoked", false, Settings::bool)) {
      stapler.relayRevoked();
    }
    Optional<Path> store = settings.get("store", defaultStore(), StaplerSettings::directory);
    store.map(StapleStore::directory).ifPresent(stapler::store);
    Optional<String> jmx = settings.get("jmx", Optional.empty(), StaplerSettings::jmxName);
    return new StaplerSettings(stapler.client(client.build()), store, jmx);
  }

  /** Staples are a copy of what a CA publishes, so they belong where caches do. */
  private static Optional<Path> defaultStore() {
    Path home = Path.of(System.getProperty("user.home", ""));
    return home.isAbsolute() && Files.isWritable(home)
        ? Optional.of(home.resolve(".cache").resolve("ocsp-stapler"))
        : Optional.empty();
  }

  private static Optional<Path> directory(String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("expected: a directory, or none");
    }
    return value.equals("none") ? Optional.empty() : Optional.of(Path.of(value));
  }

  /** The builder knows what a name may be. */
  private static Optional<String> jmxName(String value) {
    var unused = Stapler.builder().jmx(value);
    return Optional.of(value);
  }

  private static JsseDelivery.Mode delivery(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "automatic" -> JsseDelivery.Mode.AUTOMATIC;
      case "in-process" -> JsseDelivery.Mode.IN_PROCESS;
      case "loopback" -> JsseDelivery.Mode.LOOPBACK;
      default -> throw new IllegalArgumentException("expected: automatic, in-process or loopback");
    };
  }

  private static StaplePolicy policy(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "lenient" -> StaplePolicy.LENIENT;
      case "must-staple" -> StaplePolicy.MUST_STAPLE;
      case "strict" -> StaplePolicy.STRICT;
      default -> throw new IllegalArgumentException("expected: lenient, must-staple or strict");
    };
  }

  private static Duration duration(String value) {
    Matcher parts = DURATION.matcher(value);
    if (!parts.matches()) {
      throw new IllegalArgumentException("expected: like 500ms, 2s or 1m");
    }
    long amount = Long.parseLong(parts.group(1));
    return switch (parts.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  static int number(String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("expected: a number", e);
    }
  }

  @Override
  public String toString() {
    return store
        .map(path -> "its staples survive a restart in " + path)
        .orElse("its staples do not survive a restart: set ocspstapler.store to a directory");
  }
}
