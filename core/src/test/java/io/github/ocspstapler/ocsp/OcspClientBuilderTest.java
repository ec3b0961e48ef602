package io.github.ocspstapler.ocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OcspClientBuilderTest {

  static Stream<Named<Consumer<OcspClient.Builder>>> wrong() {
    return Stream.of(
        Named.of("timeout zero", builder -> builder.timeout(Duration.ZERO)),
        Named.of("timeout negative", builder -> builder.timeout(Duration.ofSeconds(-1))),
        Named.of("timeout eternal", builder -> builder.timeout(Duration.ofSeconds(1L << 60))),
        Named.of("connect zero", builder -> builder.connectTimeout(Duration.ZERO)),
        Named.of("skew negative", builder -> builder.clockSkew(Duration.ofNanos(-1))),
        Named.of("age negative", builder -> builder.maxAgeWithoutNextUpdate(Duration.ofNanos(-1))),
        Named.of("bytes zero", builder -> builder.maxResponseBytes(0)),
        Named.of("bytes many", builder -> builder.maxResponseBytes(1048577)),
        Named.of("redirects negative", builder -> builder.maxRedirects(-1)),
        Named.of("redirects many", builder -> builder.maxRedirects(21)),
        Named.of(
            "hash twice",
            builder -> builder.certIdHashes(CertIdHash.SHA1, CertIdHash.SHA256, CertIdHash.SHA1)),
        Named.of(
            "host's ldap",
            builder -> builder.respondersOf("h", List.of(URI.create("ldap://ca.test/")))),
        Named.of(
            "issuer's file",
            builder ->
                builder.respondersOf(
                    new X500Principal("CN=x"), List.of(URI.create("file:///etc/passwd")))),
        Named.of("host blank", builder -> builder.respondersOf(" ", List.of())),
        Named.of("host a URL", builder -> builder.respondersOf("http://h/", List.of())));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void setter_wrongValue_isRefusedWithWhatIsExpected(Consumer<OcspClient.Builder> setter) {
    OcspClient.Builder builder = OcspClient.builder();

    assertThatThrownBy(() -> setter.accept(builder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: ");
  }

  @Test
  void build_later_isNotReachedByTheBuilder() {
    TestCa ca = TestCa.root();
    TestCertificate site = ca.leaf("example.com", "http://ocsp.ca.test/");
    OcspClient.Builder builder = OcspClient.builder();
    try (OcspClient client = builder.build()) {

      builder.respondersOf("ocsp.ca.test", List.of());

      assertThat(client.responders(site.certificate(), ca.certificate()))
          .containsExactly(URI.create("http://ocsp.ca.test/"));
    }
  }

  @Test
  void queryRaw_urlThatIsNotHttp_isTheCallersMistake() {
    TestCa ca = TestCa.root();
    TestCertificate site = ca.leaf("example.com");
    OcspRequest request =
        OcspRequest.of(CertId.of(CertIdHash.SHA1, site.certificate(), ca.certificate()));
    try (OcspClient client = OcspClient.create()) {
      assertThatThrownBy(() -> client.queryRaw(request, URI.create("ldap://ca.test/")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("ldap://ca.test/");
    }
  }
}
