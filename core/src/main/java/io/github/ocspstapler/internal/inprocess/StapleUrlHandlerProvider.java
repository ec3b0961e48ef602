package io.github.ocspstapler.internal.inprocess;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.net.spi.URLStreamHandlerProvider;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The entry by which the JDK's OCSP fetch reaches the responder in this process: the handler of
 * {@link #SCHEME} URLs.
 *
 * <p>The JDK finds it as a service, on the system class loader only. A process has one responder at
 * a time; without one, every URL is answered "none".
 */
public final class StapleUrlHandlerProvider extends URLStreamHandlerProvider {
  /** With what the scheme of every copy of this library begins. */
  public static final String SCHEME_PREFIX = "ocspstapler+";

  /**
   * The scheme of the responder's URL, which names this class's package: of several copies on one
   * class path, moved to packages of their own as the agent's is, each answers to its own.
   */
  public static final String SCHEME =
      SCHEME_PREFIX
          + StapleUrlHandlerProvider.class
              .getPackageName()
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^a-z0-9.]", "-");

  /** The responder's URL, without a slash at its end. */
  public static final URI RESPONDER_URI = URI.create(SCHEME + ":/in-process");

  private static final AtomicReference<@Nullable InProcessResponder> RESPONDER =
      new AtomicReference<>();

  /** Called by the JDK, once for each loaded service. */
  public StapleUrlHandlerProvider() {}

  /**
   * Makes a responder the one of this process.
   *
   * @param responder the responder
   */
  public static void connect(InProcessResponder responder) {
    RESPONDER.set(requireNonNull(responder, "responder"));
  }

  /**
   * Lets this process be without responder, if it is still this one.
   *
   * @param responder the responder
   */
  public static void disconnect(InProcessResponder responder) {
    RESPONDER.compareAndSet(responder, null);
  }

  static @Nullable InProcessResponder responder() {
    return RESPONDER.get();
  }

  @Override
  public @Nullable URLStreamHandler createURLStreamHandler(String protocol) {
    // Asked for every scheme that the JDK does not know itself: null leaves it to others.
    return SCHEME.equals(protocol) ? new Handler() : null;
  }

  private static final class Handler extends URLStreamHandler {
    @Override
    protected URLConnection openConnection(URL url) {
      return new StapleConnection(url);
    }
  }
}
