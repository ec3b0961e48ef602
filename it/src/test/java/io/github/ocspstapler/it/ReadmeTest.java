package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.ocsp.CertificateStatus.Revoked;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.ocsp.OcspException;
import io.github.ocspstapler.ocsp.OcspResponse;
import io.github.ocspstapler.store.StapleStore;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.Malformation;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's Java, run, and held to be the README's: C1, C6, C8, C17. */
class ReadmeTest {
  private static final Path ROOT = Checkout.root();
  private static final Pattern EXAMPLE =
      Pattern.compile("// example\\n(.*?)// end of the example", Pattern.DOTALL);

  @TempDir private Path folder;

  private final List<String> calls = new ArrayList<>();
  private TestCa ca;
  private TestResponder responder;
  private TestCertificate site;

  @BeforeEach
  void startResponder() {
    ca = TestCa.root("Readme Root");
    responder = TestResponder.start(ca);
    site = ca.leaf("localhost", responder.url());
  }

  @AfterEach
  void stopResponder() {
    responder.close();
  }

  @Test
  void tenLines_handshake_isStapled() throws Exception {
    X509ExtendedKeyManager keyManager = site.keyManager();
    Path staples = folder.resolve("staples");

    // example
    try (Stapler stapler = Stapler.builder().store(StapleStore.directory(staples)).build()) {
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(new KeyManager[] {stapler.wrap(keyManager)}, null, null);
      stapler.awaitStapled(Duration.ofSeconds(30));
      startServer(tls);
    }
    // end of the example

    assertThat(calls).containsExactly("stapled by 1");
  }

  /** A server that serves one client, which looks for the staple. */
  private void startServer(SSLContext tls) throws Exception {
    try (SSLServerSocket server =
        (SSLServerSocket)
            tls.getServerSocketFactory()
                .createServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      Thread serving = new Thread(() -> serve(server));
      serving.start();
      try (SSLSocket client =
          (SSLSocket)
              site.clientContext()
                  .getSocketFactory()
                  .createSocket("127.0.0.1", server.getLocalPort())) {
        client.startHandshake();
        ExtendedSSLSession session = (ExtendedSSLSession) client.getSession();
        calls.add("stapled by " + session.getStatusResponses().size());
      }
      serving.join();
    }
  }

  private static void serve(SSLServerSocket server) {
    try (SSLSocket socket = (SSLSocket) server.accept()) {
      socket.startHandshake();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void client_revoked_alertsWithTheTime() {
    Instant at = Instant.parse("2026-01-02T03:04:05Z");
    responder.revoke(site, at);

    ask();

    assertThat(calls).containsExactly("revoked at " + at);
  }

  @Test
  void client_forgedAnswer_alertsWithTheReason() {
    responder.fault(Fault.malformed(Malformation.WRONG_SERIAL_NUMBER));

    ask();

    assertThat(calls).containsExactly("rejected WRONG_CERT_ID");
  }

  @Test
  void client_responderDown_triesLater() {
    responder.goDown();

    ask();

    assertThat(calls).containsExactly("later " + responder.uri());
  }

  private void ask() {
    X509Certificate certificate = site.certificate();
    X509Certificate issuer = ca.certificate();

    // example
    try {
      OcspResponse response = OcspClient.create().query(certificate, issuer);
      if (response.status() instanceof Revoked revoked) alert(certificate, revoked.at());
    } catch (OcspException.Rejected e) {
      alert(certificate, e);
    } catch (OcspException e) {
      retryLater(e.responder());
    }
    // end of the example
  }

  private void alert(X509Certificate certificate, Instant at) {
    assertThat(certificate).isEqualTo(site.certificate());
    calls.add("revoked at " + at);
  }

  private void alert(X509Certificate certificate, OcspException.Rejected rejected) {
    assertThat(certificate).isEqualTo(site.certificate());
    calls.add("rejected " + rejected.reason());
  }

  private void retryLater(Optional<URI> asked) {
    calls.add("later " + asked.orElseThrow());
  }

  @Test
  void readme_itsJava_isWhatIsRunHere() throws Exception {
    String source =
        Files.readString(ROOT.resolve("it/src/test/java/io/github/ocspstapler/it/ReadmeTest.java"));
    List<String> run = new ArrayList<>();
    for (Matcher example = EXAMPLE.matcher(source); example.find(); ) {
      run.add(bare(example.group(1)));
    }
    List<String> shown = new ArrayList<>();
    Matcher block =
        Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(ROOT.resolve("README.md")));
    while (block.find()) {
      shown.add(bare(block.group(1)));
    }

    assertThat(shown).isEqualTo(run).hasSize(2);
  }

  /** Without comments and white space. */
  private static String bare(String java) {
    return java.replaceAll("//[^\\n]*", "").replaceAll("\\s", "");
  }
}
