package io.github.ocspstapler.status;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may read, and who may act. Immutable and thread-safe.
 *
 * <p>There are no cookies: what a browser sends by itself authorises nothing, so that another site
 * cannot act in its user's name.
 */
final class Access {
  static final int SHORTEST_TOKEN = 16;

  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-fA-F:.]+(%25[\\w.~-]+)?]");
  private static final Pattern PORT = Pattern.compile(":\\d{1,5}$");
  private static final String BEARER = "Bearer ";

  private final byte @Nullable [] tokenHash;
  private final boolean openToReaders;
  private final Set<String> hosts;

  /**
   * Creates the rules.
   *
   * @param token what authorises, empty if nothing does
   * @param address where the server listens
   * @param readersToo whether readers on this machine need the token as well
   * @param hosts the names it is reached by, in lower case
   * @throws IllegalArgumentException if the token is too short
   * @throws IllegalStateException if other machines reach it, and there is no token
   */
  Access(Optional<String> token, InetAddress address, boolean readersToo, Set<String> hosts) {
    token.ifPresent(Access::requireLong);
    this.openToReaders = address.isLoopbackAddress() && !readersToo;
    if (token.isEmpty() && readersToo) {
      throw new IllegalStateException("readers need a token, and there is none");
    }
    if (token.isEmpty() && !openToReaders) {
      throw new IllegalStateException(
          "address: "
              + address.getHostAddress()
              + " can be reached by other machines (expected: a token, or a loopback address)");
    }
    this.tokenHash = token.map(Access::sha256).orElse(null);
    this.hosts = Set.copyOf(hosts);
  }

  private static void requireLong(String token) {
    if (token.length() < SHORTEST_TOKEN) {
      throw new IllegalArgumentException(
          "token: "
              + token.length()
              + " characters (expected: at least "
              + SHORTEST_TOKEN
              + " that nobody can guess)");
    }
  }

  /**
   * Returns whether a Host header names this server.
   *
   * <p>A page of another site whose name is made to resolve to this address (DNS rebinding) still
   * sends its own name. An address cannot be rebound, so any is taken.
   */
  boolean isOurs(@Nullable String host) {
    if (host == null) {
      return false;
    }
    String name = PORT.matcher(host).replaceFirst("").toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || IPV4.matcher(name).matches()
        || IPV6.matcher(name).matches()
        || hosts.contains(name);
  }

  boolean mayRead(@Nullable String authorization) {
    return openToReaders || isAuthorised(authorization);
  }

  boolean mayAct(@Nullable String authorization) {
    return isAuthorised(authorization);
  }

  /** Whether there is a token at all. */
  boolean anybodyMayAct() {
    return tokenHash != null;
  }

  private boolean isAuthorised(@Nullable String authorization) {
    if (tokenHash == null
        || authorization == null
        || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return false;
    }
    // Of the hashes, so that not even the token's length shows in the time it takes.
    byte[] given = sha256(authorization.substring(BEARER.length()).strip());
    return MessageDigest.isEqual(tokenHash, given);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
