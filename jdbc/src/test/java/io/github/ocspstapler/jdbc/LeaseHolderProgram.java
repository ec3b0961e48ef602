package io.github.ocspstapler.jdbc;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.jsse.JsseDelivery;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * A node of a fleet: {@code JDBC-URL FOLDER}. Keeps every chain in the folder stapled until its
 * standard input ends.
 */
final class LeaseHolderProgram {
  private LeaseHolderProgram() {}

  public static void main(String[] arguments) throws Exception {
    DataSource source = Connections.from(() -> DriverManager.getConnection(arguments[0]));
    JdbcStore store = JdbcStore.builder(source).timeout(Duration.ofSeconds(30)).build();
    try (Stapler stapler = Stapler.builder().store(store).delivery(JsseDelivery.Mode.OFF).build();
        Stream<Path> chains = Files.list(Path.of(arguments[1]))) {
      for (Path chain : chains.sorted().toList()) {
        var unused = stapler.preload(read(chain));
      }
      while (System.in.read() >= 0) {
        // Until whoever started it ends it, or is no more.
      }
    }
  }

  static List<X509Certificate> read(Path chain) throws Exception {
    try (InputStream in = Files.newInputStream(chain)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
          .map(X509Certificate.class::cast)
          .toList();
    }
  }
}
