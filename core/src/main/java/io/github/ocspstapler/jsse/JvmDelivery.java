package io.github.ocspstapler.jsse;

import io.github.ocspstapler.jsse.JsseDelivery.Mode;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one delivery of a JVM, shared by all {@link JsseDelivery} handles: the JDK can be told one
 * responder only.
 *
 * <p>Thread-safe. The lock guards opening and closing, which may block; answering takes no lock.
 */
final class JvmDelivery {
  static final JvmDelivery INSTANCE = new JvmDelivery();

  private final SourceResponder responder = new SourceResponder();
  private final ReentrantLock lock = new ReentrantLock();
  private final JvmProperties properties = new JvmProperties(); // guarded by lock
  private @Nullable Channel channel; // guarded by lock

  private JvmDelivery() {}

  /** What came of an installation. */
  record Outcome(Mode mode, String description) {}

  /**
   * Sets the properties before anybody delivers, for good. Nothing is opened, proven or logged.
   *
   * @return why that is not possible, and then nothing was set; empty if it is done
   */
  List<String> prepare() {
    lock.lock();
    try {
      List<String> obstacles = properties.obstacles();
      if (obstacles.isEmpty()) {
        properties.prepare();
      }
      return obstacles;
    } finally {
      lock.unlock();
    }
  }

  /** Adds the source, opening a channel if there is none; in mode OFF the source is not added. */
  Outcome add(StapleSource source, Mode mode) {
    lock.lock();
    try {
      if (channel != null) {
        return join(channel, source, mode);
      }
      List<String> obstacles = properties.obstacles();
      if (!obstacles.isEmpty()) {
        return off(String.join(" ", obstacles));
      }
      Channel opened = open(mode);
      if (opened == null) {
        return off("Neither way of delivery works in this JVM; see the warnings before this one.");
      }
      JvmProperties.costs().forEach(cost -> Log.LOG.log(Level.WARNING, cost));
      channel = opened;
      responder.add(source);
      String description =
          "The JDK's TLS gets its staples "
              + opened.description()
              + "; each SSLContext created from now on staples, earlier ones never do.";
      Log.LOG.log(Level.INFO, description);
      return new Outcome(opened.mode(), description);
    } finally {
      lock.unlock();
    }
  }

  /** Removes the source; the last one takes the channel and the properties with it. */
  void remove(StapleSource source) {
    responder.remove(source);
    lock.lock();
    try {
      if (responder.isEmpty() && channel != null) {
        properties.restore();
        channel.close();
        channel = null;
      }
    } finally {
      lock.unlock();
    }
  }

  private Outcome join(Channel shared, StapleSource source, Mode mode) {
    responder.add(source);
    String description = "The JDK's TLS gets its staples " + shared.description();
    if (mode == Mode.AUTOMATIC || mode == shared.mode()) {
      return new Outcome(shared.mode(), description + ", as another stapler in this JVM set up.");
    }
    description +=
        ", not as asked ("
            + mode
            + "): another stapler in this JVM set that up, and the JDK knows one way at a time."
            + " Ask for the same in both, or close the other first.";
    Log.LOG.log(Level.WARNING, description);
    return new Outcome(shared.mode(), description);
  }

  private static Outcome off(String why) {
    String description = "The JDK's TLS gets no staples. " + why;
    Log.LOG.log(Level.WARNING, description);
    return new Outcome(Mode.OFF, description);
  }

  private @Nullable Channel open(Mode mode) {
    List<Mode> ways =
        mode == Mode.AUTOMATIC ? List.of(Mode.IN_PROCESS, Mode.LOOPBACK) : List.of(mode);
    for (Mode way : ways) {
      Optional<String> failure;
      try {
        Channel candidate =
            way == Mode.IN_PROCESS
                ? InProcessChannel.open(responder)
                : LoopbackChannel.open(responder);
        failure = tryOut(candidate);
        if (failure.isEmpty()) {
          return candidate;
        }
      } catch (IOException | RuntimeException e) {
        failure = Optional.of(e.toString());
      }
      Log.LOG.log(Level.WARNING, failure.get() + ". " + advice(way, mode));
    }
    return null;
  }

  /** Returns why the channel does not deliver, and then nothing of it is left. */
  private Optional<String> tryOut(Channel candidate) {
    boolean works = false;
    try {
      properties.set(candidate.uri());
      Optional<String> failure = new DeliveryProbe(responder).failure(candidate);
      works = failure.isEmpty();
      return failure;
    } finally {
      if (!works) {
        properties.restore();
        candidate.close();
      }
    }
  }

  private static String advice(Mode way, Mode asked) {
    if (way == Mode.LOOPBACK) {
      return "Loopback delivery of staples does not work here: this JVM must be able to connect to"
          + " 127.0.0.1 without a proxy (http.nonProxyHosts may be unset, but not empty).";
    }
    return "In-process delivery of staples does not work here: OCSP Stapler must be on the JVM's"
        + " own class path or module path, not only inside a web application or a nested jar."
        + (asked == Mode.AUTOMATIC ? " Trying loopback delivery instead." : "");
  }

  // Looked up when there is something to say: an agent prepares before logging is set up.
  private static final class Log {
    static final Logger LOG = System.getLogger(JsseDelivery.class.getName());
  }
}
