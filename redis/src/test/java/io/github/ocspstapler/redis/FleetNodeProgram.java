package io.github.ocspstapler.redis;

import io.github.ocspstapler.Staple;
import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.StaplerListener;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.store.FleetStore;
import io.github.ocspstapler.store.StoredStaple;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A node of a fleet: {@code REDIS FOLDER}. Keeps every chain in the folder stapled until its
 * standard input ends, and says a line for each staple: serial number, thisUpdate, and when it had
 * it, in milliseconds; one for each staple that ended; and one for each entry of Redis that it
 * refused. Looks for every staple fifty times a second, and says which is missing that was there.
 */
final class FleetNodeProgram {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  private FleetNodeProgram() {}

  public static void main(String[] arguments) throws Exception {
    try (RedisStore store =
            RedisStore.builder()
                .uri(URI.create(arguments[0]))
                .timeout(Duration.ofSeconds(5)) // of a busy machine
                .build();
        Stapler stapler =
            Stapler.builder()
                .store(new TellingStore(store))
                .listener(new Teller())
                .delivery(JsseDelivery.Mode.OFF)
                .build();
        Stream<Path> chains = Files.list(Path.of(arguments[1]))) {
      List<X509Certificate> leaves = new ArrayList<>();
      for (Path chain : chains.sorted().toList()) {
        List<X509Certificate> certificates = read(chain);
        leaves.add(certificates.get(0));
        var unused = stapler.preload(certificates);
      }
      System.out.println("ready");
      Thread watcher = new Thread(() -> watch(stapler, leaves), "watcher");
      watcher.setDaemon(true);
      watcher.start();
      while (System.in.read() >= 0) {
        // Until whoever started it ends it, or is no more.
      }
    }
  }

  private static List<X509Certificate> read(Path chain) throws Exception {
    try (InputStream in = Files.newInputStream(chain)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
          .map(X509Certificate.class::cast)
          .toList();
    } catch (IOException e) {
      throw new IOException(chain.toString(), e);
    }
  }

  /** Asks for what a handshake would be given. */
  private static void watch(Stapler stapler, List<X509Certificate> leaves) {
    BitSet stapled = new BitSet();
    for (int looks = 1; ; looks++) {
      for (int i = 0; i < leaves.size(); i++) {
        if (stapler.staple(leaves.get(i)).isPresent()) {
          stapled.set(i);
        } else if (stapled.get(i)) {
          stapled.clear(i);
          System.out.println("bare " + leaves.get(i).getSerialNumber());
        }
      }
      if (looks % 50 == 0) {
        System.out.println("looked " + looks);
      }
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
  }

  /** Says a line for each entry that is removed, because it was refused. */
  private record TellingStore(FleetStore store) implements FleetStore {
    @Override
    public void remove(String fingerprint) throws IOException {
      System.out.println("removed " + fingerprint);
      store.remove(fingerprint);
    }

    @Override
    public Optional<StoredStaple> load(String fingerprint) throws IOException {
      return store.load(fingerprint);
    }

    @Override
    public void save(String fingerprint, StoredStaple staple) throws IOException {
      store.save(fingerprint, staple);
    }

    @Override
    public void removeExpired(Instant now) throws IOException {
      store.removeExpired(now);
    }

    @Override
    public Optional<Lease> lease(String fingerprint, Duration term) throws IOException {
      return store.lease(fingerprint, term);
    }

    @Override
    public Closeable watch(Consumer<String> saved) {
      return store.watch(saved);
    }
  }

  private static final class Teller implements StaplerListener {
    @Override
    public void stapled(StapleStatus status, Staple staple) {
      tell(status, staple);
    }

    @Override
    public void renewed(StapleStatus status, Staple staple) {
      tell(status, staple);
    }

    @Override
    public void expired(StapleStatus status) {
      System.out.println("expired " + status.serialNumber());
    }

    private static void tell(StapleStatus status, Staple staple) {
      String line = status.serialNumber() + " " + staple.thisUpdate().toEpochMilli();
      System.out.println("staple " + line + " " + System.currentTimeMillis());
    }
  }
}
