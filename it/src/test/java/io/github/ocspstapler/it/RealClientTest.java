package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.github.ocspstapler.testsupport.Command;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.X509CertSelector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that others wrote against the JDK's HttpsServer, stapled by us: T1, T3, T4, T7. The
 * responder is down when they come, so that nothing but the staple can tell them anything.
 */
class RealClientTest {
  @TempDir private Path folder;

  private TestCa root;
  private TestResponder responder;
  private TestCertificate certificate;
  private Stapler stapler;
  private StapledServer server;

  @BeforeEach
  void startServer() throws Exception {
    root = TestCa.root("Real Client Root");
    responder = TestResponder.start(root);
    TestCa ca = root.intermediate("Real Client CA", responder.url());
    responder.add(ca);
    certificate =
        ca.leafBuilder("localhost")
            .sans("localhost", "127.0.0.1")
            .ocspUrls(responder.url())
            .build();
    stapler = Stapler.builder().build();
    server = StapledServer.start(stapler, certificate);
    assertThat(stapler.awaitStapled(Duration.ofSeconds(20))).isTrue();
    responder.goDown();
  }

  @AfterEach
  void stopServer() {
    server.close();
    stapler.close();
    responder.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void openssl_asksForStatus_seesTheVerifiedStaple(String protocol) throws Exception {
    Command client = sClient(protocol, "-status");

    assertThat(client.output())
        .contains("OCSP Response Status: successful")
        .contains("Cert Status: good")
        .contains("Verify return code: 0 (ok)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void openssl_doesNotAsk_getsNoStaple(String protocol) throws Exception {
    Command client = sClient(protocol);

    assertThat(client.output())
        .doesNotContain("OCSP Response Status")
        .contains("Verify return code: 0 (ok)");
  }

  private Command sClient(String... more) throws Exception {
    List<String> line =
        new ArrayList<>(
            List.of(
                "s_client",
                "-connect",
                "127.0.0.1:" + server.port(),
                "-servername",
                "localhost",
                "-CAfile",
                trustAnchor().toString()));
    line.addAll(List.of(more));
    return Command.openssl(line.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLS1.2", "TLS1.3"})
  void gnutls_savesTheStaple_byteForByte(String protocol) throws Exception {
    Path gnutls = OutsideTool.require("gnutls-cli", "gnutls-bin");
    Path saved = folder.resolve("staple.der");

    Command client =
        Command.run(
            gnutls,
            "--port=" + server.port(),
            "--x509cafile=" + trustAnchor(),
            "--priority=NORMAL:-VERS-ALL:+VERS-" + protocol,
            "--save-ocsp=" + saved,
            "localhost");

    assertThat(client.output()).contains("The certificate is trusted");
    assertThat(Files.readAllBytes(saved))
        .isEqualTo(stapler.staple(certificate.certificate()).orElseThrow().encoded());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--tls-max 1.2", "--tlsv1.3"})
  void curl_demandsTheStatus_isServed(String protocol) throws Exception {
    Path curl = OutsideTool.require("curl", "curl");
    Path config =
        Files.writeString(
            folder.resolve("curl"),
            protocol
                + "\ncert-status\nsilent\nshow-error\nnoproxy = \"*\"\ncacert = \""
                + trustAnchor()
                + "\"\nurl = \"https://localhost:"
                + server.port()
                + "/\"\n");

    Command client = Command.run(curl, "--config", config.toString());

    assertThat(client.output()).isEqualTo("stapled\n");
    assertThat(client.status()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void hardFailJavaClient_responderDown_trustsTheStaple(String protocol) throws Exception {
    handshake(hardFail(Option.ONLY_END_ENTITY, Option.NO_FALLBACK), protocol);
  }

  // On TLS 1.2 a Java client asks by status_request_v2 (RFC 6961), which carries one for each too.
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void hardFailJavaClient_wholeChain_trustsTheIntermediatesStapleToo(String protocol)
      throws Exception {
    handshake(hardFail(Option.NO_FALLBACK), protocol);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void hardFailJavaClient_serverWithoutStaple_refuses(String protocol) throws Exception {
    stapler.close();
    server.close();
    stapler = unstapled();
    server = StapledServer.start(stapler, certificate);

    assertThatThrownBy(
            () -> handshake(hardFail(Option.ONLY_END_ENTITY, Option.NO_FALLBACK), protocol))
        .isInstanceOf(SSLException.class);
  }

  /** What a server without staples is to the same client: proof that the client is strict. */
  private static Stapler unstapled() {
    return Stapler.builder().delivery(JsseDelivery.Mode.OFF).build();
  }

  private SSLContext hardFail(Option... options) throws Exception {
    KeyStore anchors = KeyStore.getInstance("PKCS12");
    anchors.load(null, null);
    anchors.setCertificateEntry("root", root.certificate());
    PKIXRevocationChecker checker =
        (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
    checker.setOptions(Set.of(options));
    PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
    parameters.setRevocationEnabled(true);
    parameters.addCertPathChecker(checker);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(new CertPathTrustManagerParameters(parameters));
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    return tls;
  }

  private void handshake(SSLContext tls, String protocol) throws Exception {
    try (SSLSocket socket =
        (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", server.port())) {
      socket.setSoTimeout(20_000);
      socket.setEnabledProtocols(new String[] {protocol});
      socket.startHandshake();
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().read()).isEqualTo('H');
    }
  }

  private Path trustAnchor() throws Exception {
    return Files.writeString(folder.resolve("root.pem"), root.held().pem());
  }

  @Test
  void summary_afterTheClients_stillHasEveryStaple() {
    assertThat(stapler.summary().count(State.STAPLED)).isEqualTo(2);
  }
}
