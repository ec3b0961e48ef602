package io.github.ocspstapler.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;

/**
 * Where to probe.
 *
 * @param host a name or an address, without brackets
 * @param port 0 for the usual one
 */
record ProbeTarget(String host, int port) {
  private static final Pattern BRACKETS =
      Pattern.compile("\\[([0-9a-fA-F:.%]+)](?::([0-9]{1,5}))?");
  private static final Pattern PLAIN =
      Pattern.compile("([^\\s:/\\[\\]@]{1,253})(?::([0-9]{1,5}))?");
  private static final Pattern BARE_IPV6 =
      Pattern.compile("([0-9a-fA-F.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)()?");

  /** Reads {@code host}, {@code host:port}, {@code [address]:port} or an IPv6 address. */
  static ProbeTarget of(String text) {
    for (Pattern form : new Pattern[] {PLAIN, BRACKETS, BARE_IPV6}) {
      Matcher matcher = form.matcher(text);
      if (matcher.matches()) {
        String port = matcher.group(2);
        int number = port == null || port.isEmpty() ? 0 : Integer.parseInt(port);
        if (port != null && !port.isEmpty() && (number < 1 || number > 65_535)) {
          break;
        }
        requireName(matcher.group(1));
        return new ProbeTarget(matcher.group(1), number);
      }
    }
    throw new IllegalArgumentException(
        "host: " + text + " (expected: example.com, example.com:443 or [2001:db8::1]:443)");
  }

  /** Throws {@link IllegalArgumentException} unless TLS can ask for it, or it is an address. */
  static void requireName(String host) {
    if (!isAddress(host)) {
      try {
        new SNIHostName(host);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("host: " + host + " (expected: a host name)", e);
      }
    }
  }

  ProbeTarget withUsualPort(int usual) {
    return port == 0 ? new ProbeTarget(host, usual) : this;
  }

  /** Whether it is an address, which a server cannot be asked for by SNI. */
  static boolean isAddress(String host) {
    return host.indexOf(':') >= 0 || host.matches("[0-9]+(\\.[0-9]+){0,3}");
  }

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
