package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.github.ocspstapler.testsupport.Command;
import io.github.ocspstapler.testsupport.Eventually;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A certificate for localhost, as the files that servers read, with its CA's responder. */
final class TestSite implements AutoCloseable {
  static final String PASSWORD = "changeit";

  private final Path folder;
  private final TestResponder responder;
  private final TestCa ca;
  private TestCertificate certificate;

  TestSite(Path folder) throws IOException, GeneralSecurityException {
    this.folder = folder;
    TestCa root = TestCa.root("Site Root");
    responder = TestResponder.start(root);
    ca = root.intermediate("Site CA", responder.url());
    responder.add(ca);
    Files.writeString(trustAnchor(), root.held().pem());
    certificate = renew();
  }

  /** Writes a new certificate into the key store; a server serves it when it loads that again. */
  TestCertificate renew() throws IOException, GeneralSecurityException {
    certificate = ca.leaf("localhost", responder.url());
    try (OutputStream out = Files.newOutputStream(keyStore())) {
      certificate.keyStore(PASSWORD.toCharArray()).store(out, PASSWORD.toCharArray());
    }
    return certificate;
  }

  TestResponder responder() {
    return responder;
  }

  /** PKCS #12, with {@link #PASSWORD}. */
  Path keyStore() {
    return folder.resolve("keys.p12");
  }

  /** PEM. */
  Path trustAnchor() {
    return folder.resolve("root.pem");
  }

  /** Shakes hands as {@code openssl s_client} does. */
  Command handshake(int port, String... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "s_client",
                "-connect",
                "127.0.0.1:" + port,
                "-servername",
                "localhost",
                "-CAfile",
                trustAnchor().toString()));
    line.addAll(List.of(more));
    return Command.openssl(line.toArray(String[]::new));
  }

  /**
   * Waits until a server staples the current certificate, takes the responder away, and checks that
   * clients on TLS 1.2 and 1.3 get it, if they ask.
   */
  void assertStapled(int port) throws Exception {
    String serial = "Serial Number: " + hex();
    Eventually.until(() -> {
      String seen = handshake(port, "-status").output();
      return seen.contains("Cert Status: good") && seen.contains(serial);
    });
    responder.goDown();
    for (String protocol : List.of("-tls1_2", "-tls1_3")) {
      assertThat(handshake(port, protocol, "-status").output())
          .as(protocol)
          .contains("Cert Status: good", serial, "Verify return code: 0 (ok)");
      assertThat(handshake(port, protocol).output())
          .doesNotContain("OCSP Response Status")
          .contains("Verify return code: 0 (ok)");
    }
    responder.comeUp();
  }

  /** Checks that a server serves the certificate although nothing can be stapled. */
  void assertServedBare(int port) {
    for (String protocol : List.of("-tls1_2", "-tls1_3")) {
      assertThat(handshake(port, protocol, "-status").output())
          .as(protocol)
          .contains("OCSP response: no response sent", "Verify return code: 0 (ok)");
    }
  }

  private String hex() {
    String digits = certificate.serialNumber().toString(16).toUpperCase(Locale.ROOT);
    return digits.length() % 2 == 0 ? digits : "0" + digits;
  }

  @Override
  public void close() {
    responder.close();
  }
}
