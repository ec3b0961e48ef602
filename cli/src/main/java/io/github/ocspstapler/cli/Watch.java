package io.github.ocspstapler.cli;

import io.github.ocspstapler.Staple;
import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.StaplerListener;
import io.github.ocspstapler.cli.WatchedFiles.Look;
import io.github.ocspstapler.cli.WatchedFiles.Site;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.status.StatusMetrics;
import io.github.ocspstapler.status.StatusServer;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the responses of the certificates in some folders fresh, as one configuration says.
 * Confined to one thread, but for what the stapler calls.
 */
final class Watch implements AutoCloseable {
  private static final Logger LOG = System.getLogger("io.github.ocspstapler.watch");

  private final WatchSettings settings;
  private final WatchedFiles watched;
  private final AfterWrite after;
  private final OcspFiles files;
  private final Stapler stapler;
  private final @Nullable StatusServer status;

  private Map<String, Site> sites = Map.of();
  private Map<String, Set<Path>> targets = Map.of();
  private Set<String> told = Set.of(); // problems that are known already

  private Watch(
      WatchSettings settings,
      AfterWrite after,
      OcspFiles files,
      Stapler stapler,
      @Nullable StatusServer status) {
    this.settings = settings;
    this.watched = new WatchedFiles(settings);
    this.after = after;
    this.files = files;
    this.stapler = stapler;
    this.status = status;
  }

  /**
   * Starts to keep what the settings name; nothing is kept before the first {@link #look}.
   *
   * @throws InputException if the status page cannot be served where it should be
   */
  static Watch start(WatchSettings settings) throws InputException {
    AfterWrite after = new AfterWrite(settings);
    OcspFiles files = new OcspFiles(after);
    StatusMetrics metrics = StatusMetrics.create();
    Stapler stapler =
        Stapler.builder()
            .delivery(JsseDelivery.Mode.OFF)
            .store(files)
            // A server that staples a file goes on doing so: "revoked" must take the place of
            // "good".
            .relayRevoked()
            .metrics(metrics)
            .listener(new Expired(files))
            .build();
    try {
      StatusServer status = status(settings, stapler, metrics);
      return new Watch(settings, after, files, stapler, status);
    } catch (InputException e) {
      stapler.close();
      after.close();
      throw e;
    }
  }

  private static @Nullable StatusServer status(
      WatchSettings settings, Stapler stapler, StatusMetrics metrics) throws InputException {
    if (settings.status().isEmpty()) {
      return null;
    }
    WatchSettings.StatusPage page = settings.status().get();
    StatusServer.Builder builder =
        StatusServer.builder(stapler).metrics(metrics).address(page.address()).port(page.port());
    page.token().ifPresent(builder::token);
    page.hostNames().forEach(builder::hostName);
    if (page.requireToken()) {
      builder.requireTokenToRead();
    }
    try {
      return builder.start();
    } catch (IOException e) {
      throw new InputException("status.port: " + page.port() + ": " + e.getMessage(), e);
    }
  }

  /** A response that has ended is worse than none: clients refuse it. */
  private record Expired(OcspFiles files) implements StaplerListener {
    @Override
    public void expired(StapleStatus status) {
      try {
        files.remove(WatchedFiles.fingerprint(status.certificate()));
      } catch (IOException e) {
        LOG.log(Level.WARNING, status.name() + ": its .ocsp file has ended and stays: " + e);
      }
    }
  }

  /** Where the status page is, if there is one. */
  Optional<URI> statusPage() {
    return Optional.ofNullable(status).map(StatusServer::uri);
  }

  /** Looks at the folders: takes up what is new, lets go of what is gone. */
  Look look() {
    Look look = watched.look();
    Map<String, Set<Path>> before = targets;
    targets = WatchedFiles.targets(look, settings.staples());
    files.targets(targets);
    tell(look.problems());
    for (Site gone : sites.values()) {
      if (!look.sites().containsKey(gone.fingerprint())) {
        LOG.log(Level.INFO, gone.files().iterator().next() + ": gone, or another certificate now");
        stapler.forget(gone.certificate());
      }
    }
    removeOrphans(before);
    for (Site site : look.sites().values()) {
      if (site.issuer().isPresent()) {
        take(site);
      }
    }
    sites = look.sites();
    return look;
  }

  private void take(Site site) {
    Site known = sites.get(site.fingerprint());
    if (known == null || !known.issuer().equals(site.issuer())) {
      var unused = stapler.preload(chain(site));
      return;
    }
    // A file that somebody removed, or a second one of the same certificate.
    Optional<Staple> staple = stapler.staple(site.certificate());
    if (staple.isPresent()) {
      try {
        files.write(site.fingerprint(), staple.get().encoded());
      } catch (IOException e) {
        tell(List.of(e.getMessage() == null ? e.toString() : e.getMessage()));
      }
    }
  }

  /** Only the server's own: no server here staples those of its issuers. */
  private static List<X509Certificate> chain(Site site) {
    return List.of(site.certificate(), site.issuer().orElseThrow());
  }

  /** Removes responses whose certificate is no longer there. */
  private void removeOrphans(Map<String, Set<Path>> before) {
    Set<Path> wanted = new HashSet<>();
    targets.values().forEach(wanted::addAll);
    for (Set<Path> old : before.values()) {
      for (Path file : old) {
        try {
          if (!wanted.contains(file)) {
            files.remove(file);
          }
        } catch (IOException e) {
          LOG.log(Level.WARNING, file + ": cannot be removed: " + e.getMessage());
        }
      }
    }
  }

  private void tell(List<String> problems) {
    for (String problem : problems) {
      if (!told.contains(problem)) {
        LOG.log(Level.WARNING, Printable.of(problem));
      }
    }
    told = Set.copyOf(problems);
  }

  /**
   * Waits until each certificate was asked about once where that was due, and what came is written.
   *
   * @return what is known of each
   */
  List<StapleStatus> settle(Duration timeout) throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    List<CompletableFuture<StapleStatus>> asked = new ArrayList<>();
    for (Site site : sites.values()) {
      if (site.issuer().isPresent()) {
        asked.add(stapler.preload(chain(site)).thenCompose(this::renewedIfDue));
      }
    }
    CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .completeOnTimeout(null, timeout.toNanos(), TimeUnit.NANOSECONDS)
        .join();
    while (!isWritten() && System.nanoTime() - end < 0) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return sites.values().stream()
        .filter(site -> site.issuer().isPresent())
        .flatMap(site -> stapler.status(chain(site)).stream())
        .toList();
  }

  private CompletableFuture<StapleStatus> renewedIfDue(StapleStatus status) {
    boolean restored = status.thisUpdate().isPresent() && status.failuresInARow() == 0;
    boolean due =
        status.nextAttempt().filter(at -> !at.isAfter(java.time.Instant.now())).isPresent();
    return restored && due
        ? stapler
            .refresh(status.certificate())
            .orElseGet(() -> CompletableFuture.completedFuture(status))
        : CompletableFuture.completedFuture(status);
  }

  private boolean isWritten() {
    return sites.values().stream()
        .allMatch(site ->
            stapler
                .staple(site.certificate())
                .map(staple -> files.hold(site.fingerprint(), staple.encoded()))
                .orElse(true));
  }

  /** Where the responses about a certificate are. */
  Set<Path> filesOf(StapleStatus status) {
    return targets.getOrDefault(WatchedFiles.fingerprint(status.certificate()), Set.of());
  }

  @Override
  public void close() {
    if (status != null) {
      status.close();
    }
    stapler.close();
    after.close();
  }
}
