package io.github.ocspstapler.redis;

import io.github.ocspstapler.Staple;
import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.StaplerListener;
import io.github.ocspstapler.jsse.JsseDelivery;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A node of a fleet: {@code REDIS FOLDER}. Keeps every chain in the folder stapled until its
 * standard input ends, and says a line for each staple: serial number, thisUpdate, and when it had
 * it, in milliseconds; and one for each staple that ended.
 */
final class FleetNodeProgram {
  private FleetNodeProgram() {}

  public static void main(String[] arguments) throws Exception {
    try (RedisStore store =
            RedisStore.builder()
                .uri(URI.create(arguments[0]))
                .timeout(Duration.ofSeconds(5)) // of a busy machine
                .build();
        Stapler stapler =
            Stapler.builder()
                .store(store)
                .listener(new Teller())
                .delivery(JsseDelivery.Mode.OFF)
                .build();
        Stream<Path> chains = Files.list(Path.of(arguments[1]))) {
      for (Path chain : chains.sorted().toList()) {
        var unused = stapler.preload(read(chain));
      }
      System.out.println("ready");
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
