package io.github.ocspstapler.ocsp;

import io.github.ocspstapler.internal.http.ClientThreads;
import io.github.ocspstapler.internal.http.HttpExchanges;
import io.github.ocspstapler.internal.http.PinnedAddresses;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a client with their defaults, and what a value must be like. Confined to the
 * builder; a client takes copies.
 */
final class ClientSettings {
  static final int CLOCK_SKEW_MINUTES = 5;
  static final int MAX_AGE_HOURS = 1;
  static final int CONNECT_SECONDS = 3;
  static final int TIMEOUT_SECONDS = 6;
  static final int RESPONSE_BYTES = 65536;
  static final int REDIRECTS = 3;
  static final int MAX_RESPONSE_BYTES = 1048576;
  static final int MAX_REDIRECTS = 20;
  static final Duration LONGEST = Duration.ofDays(3650);

  Clock clock;
  Duration clockSkew = Duration.ofMinutes(CLOCK_SKEW_MINUTES);
  Duration maxAgeWithoutNextUpdate = Duration.ofHours(MAX_AGE_HOURS);
  Duration connectTimeout = Duration.ofSeconds(CONNECT_SECONDS);
  Duration timeout = Duration.ofSeconds(TIMEOUT_SECONDS);
  int maxResponseBytes = RESPONSE_BYTES;
  int maxRedirects = REDIRECTS;
  List<CertIdHash> certIdHashes = List.of(CertIdHash.SHA1, CertIdHash.SHA256);
  boolean nonce;
  final Map<X500Principal, List<URI>> byIssuer = new HashMap<>();
  final Map<String, List<URI>> byHost = new HashMap<>();
  final List<X509Certificate> trustedResponders = new ArrayList<>();
  boolean refusePrivateAddresses;
  PinnedAddresses.Resolver resolver = InetAddress::getAllByName;
  @Nullable HttpClient httpClient;
  @Nullable ProxySelector proxy;
  @Nullable Provider provider;
  boolean allowSha1Signatures;

  ClientSettings(Clock clock) {
    this.clock = clock;
  }

  /** Checks that the settings do not exclude each other. */
  void check() {
    if (refusePrivateAddresses && (httpClient != null || proxy != null)) {
      throw new IllegalStateException(
          "refusePrivateAddresses excludes httpClient and proxy: they choose the address");
    }
    if (httpClient != null && proxy != null) {
      throw new IllegalStateException("httpClient excludes proxy: it brings its own");
    }
  }

  /** Returns what gives the HTTP client, when it is first needed. */
  Supplier<HttpClient> http(ClientThreads threads) {
    HttpClient own = httpClient;
    if (own != null) {
      return () -> own;
    }
    Duration connect = connectTimeout;
    ProxySelector selector = refusePrivateAddresses ? PinnedAddresses.publicOnly(resolver) : proxy;
    return () -> threads.httpClient(connect, selector);
  }

  /** Returns the URL without its fragment, if it is one to ask. */
  static URI askable(URI uri, String name) {
    Objects.requireNonNull(uri, name);
    if (!HttpExchanges.isAskable(uri)) {
      throw new IllegalArgumentException(
          name + ": " + uri + " (expected: http or https, a host, no user information)");
    }
    return HttpExchanges.withoutFragment(uri);
  }

  static List<URI> askable(List<URI> responders) {
    return responders.stream().map(uri -> askable(uri, "responders")).toList();
  }

  static Duration between(Duration value, Duration least, String name) {
    if (value.compareTo(least) < 0 || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + least + ".." + LONGEST + ")");
    }
    return value;
  }

  static int between(int value, int least, int most, String name) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + least + ".." + most + ")");
    }
    return value;
  }
}
