package io.github.ocspstapler;

import io.github.ocspstapler.StapleStatus.State;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * A stapler behind its {@link StaplerMXBean}. Loaded only where {@link Stapler.Builder#jmx} asks
 * for it, since a runtime may lack JMX, and a server may want to set up its own first. Thread-safe.
 */
final class ManagedStapler implements StaplerMXBean {
  // JMX must not keep alive what nobody else needs any more.
  private final WeakReference<Stapler> stapler;

  private ManagedStapler(Stapler stapler) {
    this.stapler = new WeakReference<>(stapler);
  }

  /**
   * Registers a stapler with the platform's MBean server.
   *
   * @return what undoes it
   * @throws IllegalStateException if there is one of that name
   */
  static Runnable register(Stapler stapler, String name) {
    try {
      MBeanServer server = ManagementFactory.getPlatformMBeanServer();
      ObjectName key = new ObjectName("io.github.ocspstapler:type=Stapler,name=" + name);
      var unused = server.registerMBean(new ManagedStapler(stapler), key);
      return () -> unregister(server, key);
    } catch (InstanceAlreadyExistsException e) {
      throw new IllegalStateException("jmx: " + name + " (expected: a name not in use)", e);
    } catch (JMException e) {
      throw new IllegalStateException("jmx: " + name + " cannot be registered", e);
    }
  }

  private static void unregister(MBeanServer server, ObjectName key) {
    try {
      server.unregisterMBean(key);
    } catch (InstanceNotFoundException e) {
      // Somebody else has done it: all the better.
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
  }

  private Stapler stapler() {
    Stapler live = stapler.get();
    if (live == null) {
      throw new IllegalStateException("the stapler is not in use any more");
    }
    return live;
  }

  @Override
  public String getHealth() {
    return stapler().health().status().name();
  }

  @Override
  public String getHealthDetail() {
    return stapler().health().detail();
  }

  @Override
  public String getDelivery() {
    return stapler().delivery().name();
  }

  @Override
  public Summary getSummary() {
    return new Numbers(stapler().summary());
  }

  @Override
  public List<Row> list(int offset, int limit) {
    if (offset < 0) {
      throw new IllegalArgumentException("offset: " + offset + " (expected: not negative)");
    }
    if (limit < 1 || limit > MAX_ROWS) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: 1.." + MAX_ROWS + ")");
    }
    return stapler().worstFirst(EnumSet.allOf(State.class), offset, limit).stream()
        .<Row>map(Shown::new)
        .toList();
  }

  @Override
  public int refresh(String name) {
    Stapler asking = stapler();
    List<X509Certificate> named =
        asking.statuses().stream()
            .filter(row -> row.name().equalsIgnoreCase(name))
            .map(StapleStatus::certificate)
            .toList();
    return (int) named.stream().filter(one -> asking.refresh(one).isPresent()).count();
  }

  /** The stapler's numbers, as JMX reads them. */
  private static final class Numbers implements Summary {
    private final StaplerSummary summary;

    Numbers(StaplerSummary summary) {
      this.summary = summary;
    }

    @Override
    public int getPending() {
      return summary.count(State.PENDING);
    }

    @Override
    public int getStapled() {
      return summary.count(State.STAPLED);
    }

    @Override
    public int getRevoked() {
      return summary.count(State.REVOKED);
    }

    @Override
    public int getUnknown() {
      return summary.count(State.UNKNOWN);
    }

    @Override
    public int getUnavailable() {
      return summary.count(State.UNAVAILABLE);
    }

    @Override
    public int getUnstapleable() {
      return summary.count(State.UNSTAPLEABLE);
    }

    @Override
    public long getSecondsToEarliestExpiry() {
      return summary.untilEarliestExpiry().map(Duration::toSeconds).orElse(-1L);
    }
  }

  /** A row of the listing, as JMX reads it. */
  private static final class Shown implements Row {
    private final StapleStatus row;

    Shown(StapleStatus row) {
      this.row = row;
    }

    private static String text(Optional<?> value) {
      return value.map(Object::toString).orElse("");
    }

    @Override
    public String getName() {
      return row.name();
    }

    @Override
    public String getSerialNumber() {
      return row.serialNumber().toString(16);
    }

    @Override
    public String getIssuer() {
      return row.issuer();
    }

    @Override
    public String getState() {
      return row.state().name();
    }

    @Override
    public boolean isMustStaple() {
      return row.mustStaple();
    }

    @Override
    public String getResponder() {
      return text(row.responder());
    }

    @Override
    public String getThisUpdate() {
      return text(row.thisUpdate());
    }

    @Override
    public String getNextUpdate() {
      return text(row.nextUpdate());
    }

    @Override
    public String getServedUntil() {
      return text(row.servedUntil());
    }

    @Override
    public String getNextAttempt() {
      return text(row.nextAttempt());
    }

    @Override
    public String getLastError() {
      return text(row.lastError());
    }

    @Override
    public int getFailuresInARow() {
      return row.failuresInARow();
    }
  }
}
