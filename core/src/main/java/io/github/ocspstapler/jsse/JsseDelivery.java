package io.github.ocspstapler.jsse;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The delivery of staples to the JDK's own TLS: while it is open, the JDK's OCSP fetches in
 * handshakes are answered from a {@link StapleSource}.
 *
 * <pre>{@code
 * try (JsseDelivery delivery = JsseDelivery.install(source, JsseDelivery.Mode.AUTOMATIC)) {
 *   SSLContext tls = SSLContext.getInstance("TLS"); // after install: earlier contexts never staple
 *   ...
 * }
 * }</pre>
 *
 * <p>Thread-safe. There is one way of delivery per JVM, set by JVM-wide system properties that the
 * {@linkplain io.github.ocspstapler.jsse package description} lists; several open deliveries share
 * it, and their sources are asked in the order of installation until one has a response.
 */
public final class JsseDelivery implements AutoCloseable {
  private final StapleSource source;
  private final AtomicReference<JvmDelivery.Outcome> outcome;

  private JsseDelivery(StapleSource source, JvmDelivery.Outcome outcome) {
    this.source = source;
    this.outcome = new AtomicReference<>(outcome);
  }

  /** A way from the JDK's OCSP fetch to the staples. */
  public enum Mode {
    /** {@link #IN_PROCESS}, else {@link #LOOPBACK}, else {@link #OFF}: the first that works. */
    AUTOMATIC,

    /**
     * A URL scheme of our own, answered from memory: no socket. The JDK must find this library on
     * the JVM's own class path or module path; inside a web application or a nested jar it does
     * not.
     */
    IN_PROCESS,

    /** A small HTTP responder on a free port of 127.0.0.1. Works from any class loader. */
    LOOPBACK,

    /** None: no property is touched. */
    OFF
  }

  /**
   * Starts to answer the JDK's OCSP fetches from a source.
   *
   * <p>The first delivery of a JVM proves itself by TLS handshakes in memory, which blocks: for
   * some 20 ms of CPU time, and for half a second in a fresh JVM, which then loads the JDK's TLS. A
   * way that does not work is left for the next, and what keeps all from working ends in {@link
   * Mode#OFF}: both are logged as warnings that say what to do, and never thrown.
   *
   * @param source where the responses are; asked on handshake threads
   * @param mode the way to take
   * @return the delivery, to be closed
   */
  public static JsseDelivery install(StapleSource source, Mode mode) {
    requireNonNull(source, "source");
    requireNonNull(mode, "mode");
    StapleSource own = new Installed(source);
    return new JsseDelivery(
        own,
        mode == Mode.OFF
            ? new JvmDelivery.Outcome(Mode.OFF, "The JDK's TLS gets no staples, as asked.")
            : JvmDelivery.INSTANCE.add(own, mode));
  }

  /**
   * Lets every {@code SSLContext} that is created from now on staple what is delivered later.
   *
   * <p>For what starts with the JVM, long before it can deliver, as an agent does. Sets the system
   * properties, for good: until a delivery is installed, when it is closed, and if no way works,
   * the JDK is answered "none", and asks nobody else. Does not block, opens nothing, and touches
   * neither logging nor TLS.
   *
   * @return what the user has set that keeps the JDK from taking our staples, and then no property
   *     is touched; empty if all is prepared
   */
  public static Optional<String> prepare() {
    List<String> obstacles = JvmDelivery.INSTANCE.prepare();
    return obstacles.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", obstacles));
  }

  /**
   * Returns the way that is really taken.
   *
   * @return {@link Mode#IN_PROCESS}, {@link Mode#LOOPBACK} or {@link Mode#OFF}; the last after
   *     {@link #close}
   */
  public Mode mode() {
    return outcome.get().mode();
  }

  /**
   * Returns what is done, or why nothing is, for people.
   *
   * @return a sentence or more
   */
  public String description() {
    return outcome.get().description();
  }

  /**
   * Ends the delivery: the source is not asked again.
   *
   * <p>With the last of a JVM, the system properties are as they were before, and no thread, socket
   * or answer of ours is left. An {@code SSLContext} keeps what it has cached for up to 30 seconds.
   * Idempotent.
   */
  @Override
  public void close() {
    JvmDelivery.Outcome before =
        outcome.getAndSet(new JvmDelivery.Outcome(Mode.OFF, "The delivery of staples is closed."));
    if (before.mode() != Mode.OFF) {
      JvmDelivery.INSTANCE.remove(source);
    }
  }

  /** A source with an identity of its own: the same one may be installed twice. */
  private static final class Installed implements StapleSource {
    private final StapleSource source;

    Installed(StapleSource source) {
      this.source = source;
    }

    @Override
    public Optional<byte[]> response(ByteBuffer certId) {
      return source.response(certId);
    }
  }
}
