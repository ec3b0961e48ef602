package io.github.ocspstapler.internal.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Predicate;

/**
 * Sends every request to an address that was looked up and checked just before, so that a name
 * whose answer changes between the check and the connection gains nothing.
 *
 * <p>It does so as a {@link ProxySelector}, the only place where {@code java.net.http} lets its
 * caller choose the address: the host itself is named as the proxy, by the checked address. The
 * request line is then in absolute form, which every server must accept (RFC 9112 section 3.2.2).
 * An https URL would be tunnelled with CONNECT, which no responder understands: it is refused.
 *
 * <p>Thread-safe. {@link #select} blocks while it resolves.
 */
public final class PinnedAddresses extends ProxySelector {

  /** Looks up all addresses of a host name or literal. */
  @FunctionalInterface
  public interface Resolver {
    /** Returns the addresses, at least one. */
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  /** Carries a failure out of {@link #select}, whose signature has no room for it. */
  static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final HttpFailure failure;

    Refusal(HttpFailure failure) {
      super(failure);
      this.failure = failure;
    }

    HttpFailure failure() {
      return failure;
    }
  }

  private final Resolver resolver;
  private final Predicate<InetAddress> allowed;

  PinnedAddresses(Resolver resolver, Predicate<InetAddress> allowed) {
    this.resolver = resolver;
    this.allowed = allowed;
  }

  /** Returns a selector that lets requests go to public addresses only. */
  public static PinnedAddresses publicOnly(Resolver resolver) {
    return new PinnedAddresses(resolver, AddressRule::isPublic);
  }

  @Override
  public List<Proxy> select(URI uri) {
    if (!"http".equalsIgnoreCase(uri.getScheme())) {
      throw refusal(
          HttpFailure.Kind.FORBIDDEN,
          "an https responder cannot be held to a checked address (expected: http while private"
              + " addresses are refused)");
    }
    InetAddress address = check(uri.getHost());
    int port = uri.getPort() < 0 ? 80 : uri.getPort();
    return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(address, port)));
  }

  // One address that is not allowed condemns the name: a mixed answer is how rebinding looks.
  private InetAddress check(String host) {
    InetAddress[] addresses;
    try {
      addresses = resolver.resolve(host);
    } catch (UnknownHostException e) {
      throw refusal(HttpFailure.Kind.DNS, "host " + host + " does not resolve");
    }
    for (InetAddress address : addresses) {
      if (!allowed.test(address)) {
        throw refusal(
            HttpFailure.Kind.FORBIDDEN,
            "host " + host + " has address " + address.getHostAddress() + " (expected: public)");
      }
    }
    return addresses[0];
  }

  private static Refusal refusal(HttpFailure.Kind kind, String message) {
    return new Refusal(new HttpFailure(kind, message, null));
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // Nothing to learn: the next request looks the name up again.
  }
}
