package io.github.ocspstapler.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.junit.jupiter.api.Test;

final class TestResponderTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private final TestCa ca = TestCa.root();

  @Test
  void get_goodCertificate_isAnsweredGoodAndSigned() throws Exception {
    try (TestResponder responder = TestResponder.start(ca)) {
      TestCertificate site = ca.leaf("example.com", responder.url());
      String base64 = Base64.getEncoder().encodeToString(request(site));
      URI uri = URI.create(responder.url() + URLEncoder.encode(base64, StandardCharsets.US_ASCII));

      HttpResponse<byte[]> response =
          client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofByteArray());

      BasicOCSPResp basic = (BasicOCSPResp) new OCSPResp(response.body()).getResponseObject();
      assertThat(basic.getResponses()[0].getCertStatus()).isEqualTo(CertificateStatus.GOOD);
      assertThat(
              basic.isSignatureValid(
                  new JcaContentVerifierProviderBuilder().build(ca.certificate())))
          .isTrue();
      assertThat(responder.requests()).singleElement().matches(r -> r.isFor(site));
    }
  }

  @Test
  void comeUp_afterGoDown_answersOnTheSamePort() throws Exception {
    try (TestResponder responder = TestResponder.start(ca)) {
      TestCertificate site = ca.leaf("example.com", responder.url());
      HttpRequest post =
          HttpRequest.newBuilder(responder.uri())
              .POST(BodyPublishers.ofByteArray(request(site)))
              .build();
      assertThat(client.send(post, BodyHandlers.ofByteArray()).statusCode()).isEqualTo(200);
      responder.goDown();
      assertThat(responder.isUp()).isFalse();

      responder.comeUp();

      assertThat(client.send(post, BodyHandlers.ofByteArray()).statusCode()).isEqualTo(200);
    }
  }

  private byte[] request(TestCertificate site) throws Exception {
    CertificateID id =
        new CertificateID(
            new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1),
            new JcaX509CertificateHolder(ca.certificate()),
            site.serialNumber());
    return new OCSPReqBuilder().addRequest(id).build().getEncoded();
  }
}
