package io.github.ocspstapler;

import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whose turn it is: bounded in total and per responder host, the hosts in turn, so that a
 * slow one holds up nobody else's certificates.
 *
 * <p>Guarded by the engine's lock.
 */
final class Dispatcher {
  private static final int HOSTS_BEFORE_PRUNING = 64;

  private final int total;
  private final int perHost;
  private final Map<String, HostGate> gates = new HashMap<>();
  private final Deque<HostGate> rotation = new ArrayDeque<>();
  private final Set<Attempt> inFlight = new LinkedHashSet<>(); // in the order of watchedUntil
  private int pruneAt = HOSTS_BEFORE_PRUNING;

  Dispatcher(int total, int perHost) {
    this.total = total;
    this.perHost = perHost;
  }

  /** Returns the gate of a responder's host. */
  HostGate gate(URI responder) {
    if (gates.size() >= pruneAt) {
      gates.values().removeIf(HostGate::isIdle);
      pruneAt = Math.max(HOSTS_BEFORE_PRUNING, 2 * gates.size());
    }
    return gates.computeIfAbsent(host(responder), host -> new HostGate(host, perHost));
  }

  static String host(URI responder) {
    String authority = responder.getRawAuthority();
    String host = authority == null ? responder.toString() : authority;
    return responder.getScheme() + "://" + host.toLowerCase(Locale.ROOT);
  }

  /** Returns the gates that matter: certificates are asked about there, or it does not answer. */
  List<HostGate> gates() {
    return gates.values().stream()
        .filter(gate -> gate.certificates > 0 || !gate.isClosed())
        .toList();
  }

  /** Lets a certificate wait for a slot of its gate. */
  void add(KeptCertificate kept, HostGate gate, boolean urgent) {
    gate.add(kept, urgent);
    rotate(gate);
  }

  /** Returns the attempt to start next, its slots taken; null if none may start now. */
  @Nullable Attempt next(long now) {
    if (inFlight.size() >= total) {
      return null;
    }
    for (int left = rotation.size(); left > 0; left--) {
      HostGate gate = rotation.removeFirst();
      gate.inRotation = false;
      if (!gate.hasFreeSlot(now)) {
        if (gate.isQuiet()) {
          rotate(gate); // nothing of its own will be released and bring it back
        }
        continue;
      }
      KeptCertificate kept = gate.take();
      if (kept != null && kept.issuer != null) { // there is a gate only where there is an issuer
        rotate(gate);
        Attempt attempt = new Attempt(kept, kept.issuer, gate, now);
        kept.attempt = attempt;
        inFlight.add(attempt);
        return attempt;
      }
    }
    return null;
  }

  /** Frees the slots of an attempt; returns whether they were still taken. */
  boolean release(Attempt attempt) {
    if (!inFlight.remove(attempt)) {
      return false;
    }
    attempt.gate.release();
    rotate(attempt.gate);
    return true;
  }

  /** Returns when the first of those in flight is lost, {@link RefreshPlan#NEVER} if none is. */
  long earliestLoss() {
    return inFlight.isEmpty() ? RefreshPlan.NEVER : inFlight.iterator().next().watchedUntil;
  }

  /** Lists those that have not come back in time, whether or not their certificates are kept. */
  List<Attempt> lost(long now) {
    return inFlight.stream().takeWhile(attempt -> now >= attempt.watchedUntil).toList();
  }

  List<Attempt> inFlight() {
    return new ArrayList<>(inFlight);
  }

  /** Looks at a gate again: one of its slots may be free, or it may have been opened by hand. */
  void rotate(HostGate gate) {
    if (!gate.inRotation && gate.hasReady()) {
      gate.inRotation = true;
      rotation.addLast(gate);
    }
  }

  /** The clock was set back: a pause must not last a day. */
  void clockWentBack(long now) {
    gates.values().forEach(gate -> gate.clockWentBack(now));
    inFlight.forEach(
        attempt -> attempt.watchedUntil = Math.min(attempt.watchedUntil, now + Ledger.WATCHDOG));
  }

  void clear() {
    gates.clear();
    rotation.clear();
    inFlight.clear();
  }
}
