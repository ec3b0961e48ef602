package io.github.ocspstapler;

import io.github.ocspstapler.internal.x509.CertificateFields;
import io.github.ocspstapler.internal.x509.Subjects;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Finds the certificates to keep: in handshakes, in what key managers list, and in what users
 * preload. Thread-safe.
 */
final class Discovery {
  /** So many unknown certificates wait at most; more are taken in when they are seen again. */
  static final int MAX_NEWCOMERS = 10_000;

  /** A key manager is asked again so often, to notice one that was reloaded. */
  static final long RELISTING = Duration.ofMinutes(10).toMillis();

  /** It is asked again after so long, however long it took. */
  private static final long LONGEST_RELISTING = Duration.ofHours(1).toMillis();

  /** It lists so long before others get the thread, in {@code wrap} and on the scheduler. */
  static final long MOMENT = 100;

  // Listing may decrypt every private key: it may take this part of the time and no more.
  private static final int SHARE_OF_TIME = 100;

  private static final Logger LOG = System.getLogger("io.github.ocspstapler");

  private final Clock clock;
  private final ScheduledExecutorService scheduler;
  private final ResponseSource source;
  private final Roster roster;
  private final Engine engine;

  private final ConcurrentHashMap<X509Certificate, X509Certificate[]> newcomers =
      new ConcurrentHashMap<>();
  private final AtomicBoolean admitting = new AtomicBoolean();
  private final List<Listing> listings = new CopyOnWriteArrayList<>();
  private final AtomicBoolean relisting = new AtomicBoolean();
  private volatile @Nullable ScheduledFuture<?> nextRelisting; // written by one thread at a time

  Discovery(Settings settings, Roster roster, Engine engine) {
    this.clock = settings.clock;
    this.scheduler = settings.requireScheduler();
    this.source = settings.requireSource();
    this.roster = roster;
    this.engine = engine;
  }

  /**
   * A server chose a chain: a look-up, and for a chain not seen before a note to the background.
   *
   * <p>On handshake threads: no lock, no allocation unless the chain is new, nothing that waits.
   *
   * @return its entry, null if it is not kept yet
   */
  @Nullable KeptCertificate served(X509Certificate[] chain, long now) {
    KeptCertificate kept = roster.find(chain[0]);
    if (kept == null) {
      handOver(chain);
      return null;
    }
    if (chain.length > 1 && !chain[1].equals(kept.next)) {
      handOver(chain);
    }
    kept.seen(now);
    return kept;
  }

  private void handOver(X509Certificate[] chain) {
    // Without an issuer there is nothing to ask (and JSSE would not staple).
    if (chain.length < 2 || engine.isClosed() || newcomers.mappingCount() >= MAX_NEWCOMERS) {
      return;
    }
    newcomers.putIfAbsent(chain[0], chain);
    if (admitting.compareAndSet(false, true)) {
      try {
        scheduler.execute(this::admitNewcomers);
      } catch (RejectedExecutionException e) {
        admitting.set(false); // shut down: the engine says so
      }
    }
  }

  private void admitNewcomers() {
    admitting.set(false);
    Iterator<X509Certificate[]> chains = newcomers.values().iterator();
    while (chains.hasNext()) {
      X509Certificate[] chain = chains.next();
      chains.remove();
      try {
        var unused = admit(Arrays.asList(chain), false, null, 0);
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "A certificate chain could not be read, and is not stapled", e);
      }
    }
  }

  /**
   * Keeps every certificate of a chain whose issuer is in it.
   *
   * @return the leaf's entry; null if there is no chain to speak of, or the engine is closed
   */
  @Nullable KeptCertificate admit(
      List<X509Certificate> chain, boolean preloaded, @Nullable Listing listing, int round) {
    KeptCertificate last = null;
    // From the top, so that an issuer's entry is there when its certificates look for it.
    for (int i = chain.size() - 1; i >= 0 && chain.size() > 1; i--) {
      X509Certificate issuer = issuerIn(chain, i);
      if (i > 0 && issuer == null) {
        continue; // a root, or the root is left out: the JDK does not ask for it either
      }
      X509Certificate next = chain.get(i + 1 < chain.size() ? i + 1 : i);
      last = engine.keep(found(chain.get(i), next, issuer, preloaded, listing, round));
    }
    return last;
  }

  private Found found(
      X509Certificate certificate,
      X509Certificate next,
      @Nullable X509Certificate issuer,
      boolean preloaded,
      @Nullable Listing listing,
      int round) {
    List<URI> responders = List.of();
    String obstacle = null;
    boolean askable = true;
    if (issuer == null) {
      obstacle = noIssuer(certificate);
      askable = !CertificateFields.ocspUrls(certificate).isEmpty();
    } else {
      responders = source.responders(certificate, issuer);
      if (responders.isEmpty()) {
        askable = false;
        obstacle = "it names no OCSP responder to ask, or OCSP is disabled for it";
      }
    }
    return new Found(
        certificate, next, issuer, responders, obstacle, askable, preloaded, listing, round);
  }

  static String noIssuer(X509Certificate certificate) {
    return "its chain lacks its issuer " + Subjects.of(certificate.getIssuerX500Principal());
  }

  private static @Nullable X509Certificate issuerIn(List<X509Certificate> chain, int index) {
    X509Certificate certificate = chain.get(index);
    if (certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
      return null; // a root vouches for itself: nobody can revoke it by OCSP
    }
    for (int i = 1; i < chain.size(); i++) {
      X509Certificate other = chain.get((index + i) % chain.size());
      if (other.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
        return other;
      }
    }
    return null;
  }

  /**
   * Keeps all that a key manager lists, now and whenever that changes: the first in this thread, a
   * moment long, the rest in the background. May block as the key manager does.
   */
  void watch(Listing listing) {
    engine.listingBegan();
    listFirst(listing);
  }

  private void listFirst(Listing listing) {
    if (!list(listing)) {
      goOn(() -> listFirst(listing));
      return;
    }
    listings.add(listing);
    engine.listingEnded();
    if (relisting.compareAndSet(false, true)) {
      scheduleRelisting(RELISTING);
    }
  }

  /** Lists for a moment; returns whether that was all. */
  private boolean list(Listing listing) {
    if (listing.isGone()) {
      return true;
    }
    long begin = clock.millis();
    int round = listing.nextRound();
    try {
      Iterator<List<X509Certificate>> chains = listing.chains();
      while (chains.hasNext()) {
        admitListed(chains.next(), listing, round);
        long took = clock.millis() - begin;
        if (took >= MOMENT || took < 0) {
          return false;
        }
      }
    } catch (RuntimeException | Error e) {
      if (listing.failed()) {
        String then = "its certificates are stapled when they are used";
        LOG.log(Level.WARNING, "A key manager failed to list its certificates; " + then, e);
      }
      return true;
    }
    listing.succeeded(round);
    return true;
  }

  private void admitListed(List<X509Certificate> chain, Listing listing, int round) {
    try {
      var unused = admit(chain, false, listing, round);
    } catch (RuntimeException | Error e) {
      if (listing.unreadable()) {
        LOG.log(Level.WARNING, "A listed certificate chain is not stapled: it cannot be read", e);
      }
    }
  }

  private void relist() {
    listings.removeIf(Listing::isGone);
    listAgain(new ArrayDeque<>(listings), 0);
  }

  /** Lists what is left, a moment at a time: others want the scheduler's thread, too. */
  private void listAgain(Deque<Listing> left, long tookSoFar) {
    if (engine.isClosed()) {
      return;
    }
    long before = clock.millis();
    boolean ended = true;
    try {
      ended = list(left);
    } finally {
      long took = tookSoFar + Math.max(0, clock.millis() - before);
      if (!ended) {
        goOn(() -> listAgain(left, took));
      } else if (isNeeded()) {
        // Bounded: a clock that is set meanwhile makes any time of it.
        long rest = Math.min(LONGEST_RELISTING, Math.min(took, LONGEST_RELISTING) * SHARE_OF_TIME);
        scheduleRelisting(Math.max(RELISTING, rest));
      }
    }
  }

  private boolean list(Deque<Listing> left) {
    for (Listing next = left.peek(); next != null && list(next); next = left.peek()) {
      left.remove();
    }
    return left.isEmpty();
  }

  private void goOn(Runnable listing) {
    try {
      scheduler.execute(() -> {
        if (!engine.isClosed()) {
          listing.run();
        }
      });
    } catch (RejectedExecutionException e) {
      // Shut down: the engine says so, and what is not listed stays unlisted.
    }
  }

  /** Returns whether there is something to list again; if not, the next to be watched begins. */
  private boolean isNeeded() {
    if (!listings.isEmpty()) {
      return true;
    }
    relisting.set(false);
    return !listings.isEmpty() && relisting.compareAndSet(false, true);
  }

  private void scheduleRelisting(long delay) {
    try {
      nextRelisting = scheduler.schedule(this::relist, delay, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      relisting.set(false); // shut down: the engine says so
    }
    if (engine.isClosed()) {
      close();
    }
  }

  void close() {
    ScheduledFuture<?> next = nextRelisting;
    if (next != null) {
      next.cancel(false);
    }
    newcomers.clear();
    listings.clear();
  }
}
