package io.github.ocspstapler.ocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.ocspstapler.ocsp.OcspException.Unreachable;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.github.ocspstapler.testsupport.Eventually;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code refusePrivateAddresses}: nothing is ever sent to an address of the surroundings. */
class PrivateAddressesTest {
  private final TestCa ca = TestCa.root();
  private final TestResponder responder = TestResponder.start(ca);

  @AfterEach
  void close() {
    responder.close();
  }

  private Unreachable failure(OcspClient.Builder builder, String url) {
    return failure(builder, url, Duration.ofSeconds(20));
  }

  private Unreachable failure(OcspClient.Builder builder, String url, Duration timeout) {
    TestCertificate site = ca.leaf("example.com", url);
    try (OcspClient client = builder.timeout(timeout).build()) {
      return catchThrowableOfType(
          Unreachable.class, () -> client.query(site.certificate(), ca.certificate()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:PORT/",
        "http://localhost:PORT/",
        "http://2130706433:PORT/",
        "http://[::1]:PORT/",
        "http://[::ffff:127.0.0.1]:PORT/",
        "http://[::ffff:7f00:1]:PORT/",
        "http://[::127.0.0.1]:PORT/",
        "http://0.0.0.0:PORT/",
        "http://[::]:PORT/",
        "http://10.1.2.3/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00::1]/",
        "http://[fe80::1]/"
      })
  void query_privateAddress_isForbiddenAndNotContacted(String url) {
    Unreachable failure =
        failure(
            OcspClient.builder().refusePrivateAddresses(),
            url.replace("PORT", String.valueOf(responder.port())));

    assertThat(failure.reason()).isEqualTo(Unreachable.Reason.FORBIDDEN);
    assertThat(failure).hasMessageContaining("expected: public");
    assertThat(responder.connectionCount()).isZero();
  }

  @Test
  void query_nameWithOnePrivateAddressAmongPublicOnes_isForbidden() {
    OcspClient.Builder builder =
        OcspClient.builder()
            .refusePrivateAddresses()
            .resolver(host ->
                new InetAddress[] {
                  InetAddress.getByName("93.184.216.34"), InetAddress.getLoopbackAddress()
                });

    Unreachable failure = failure(builder, "http://ocsp.test:" + responder.port() + "/");

    assertThat(failure.reason()).isEqualTo(Unreachable.Reason.FORBIDDEN);
    assertThat(responder.connectionCount()).isZero();
  }

  @Test
  void query_nameThatDoesNotResolve_saysSo() {
    OcspClient.Builder builder =
        OcspClient.builder()
            .refusePrivateAddresses()
            .resolver(host -> {
              throw new UnknownHostException(host);
            });

    Unreachable failure = failure(builder, "http://ocsp.test/");

    assertThat(failure.reason()).isEqualTo(Unreachable.Reason.DNS);
    assertThat(failure).hasMessageContaining("ocsp.test");
  }

  @Test
  void query_nameLookUpHangs_endsInTime() {
    OcspClient.Builder builder =
        OcspClient.builder()
            .refusePrivateAddresses()
            .resolver(host -> {
              Eventually.holds(Duration.ofSeconds(60), () -> false);
              throw new UnknownHostException(host);
            });
    long start = System.nanoTime();

    Unreachable failure = failure(builder, "http://ocsp.test/", Duration.ofSeconds(1));

    assertThat(failure.reason()).isEqualTo(Unreachable.Reason.TIMEOUT);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
  }

  @Test
  void query_https_isForbiddenBecauseItCannotBeHeldToAnAddress() {
    Unreachable failure =
        failure(
            OcspClient.builder().refusePrivateAddresses(),
            "https://127.0.0.1:" + responder.port() + "/");

    assertThat(failure.reason()).isEqualTo(Unreachable.Reason.FORBIDDEN);
    assertThat(failure).hasMessageContaining("https");
    assertThat(responder.connectionCount()).isZero();
  }

  @Test
  void build_withCallersHttpClientOrProxy_isRefused() {
    assertThatThrownBy(() ->
            OcspClient.builder()
                .refusePrivateAddresses()
                .httpClient(HttpClient.newHttpClient())
                .build())
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() ->
            OcspClient.builder().refusePrivateAddresses().proxy(ProxySelector.of(null)).build())
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void query_privateAddressByDefault_isAsked() throws Exception {
    TestCertificate site = ca.leaf("example.com", responder.url());
    try (OcspClient client = OcspClient.create()) {
      assertThat(client.query(site.certificate(), ca.certificate()).status())
          .isEqualTo(new CertificateStatus.Good());
    }
  }
}
