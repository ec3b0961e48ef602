package io.github.ocspstapler.testkit;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;

/** Asks an OCSP responder, with BouncyCastle and the JDK's HTTP client. */
final class OcspExchange {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  HttpResponse<byte[]> get(String url, byte[] request, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder builder = HttpRequest.newBuilder(getUri(url, request));
    if (headers.length > 0) {
      builder.headers(headers);
    }
    return send(builder);
  }

  HttpResponse<byte[]> post(String url, byte[] request) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(url)).POST(BodyPublishers.ofByteArray(request)));
  }

  HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofByteArray());
  }

  static URI getUri(String url, byte[] request) {
    String base64 = Base64.getEncoder().encodeToString(request);
    String separator = url.endsWith("/") ? "" : "/";
    return URI.create(url + separator + URLEncoder.encode(base64, StandardCharsets.US_ASCII));
  }

  static byte[] request(TestCertificate... certificates) throws Exception {
    return request(CertHash.SHA1, null, certificates);
  }

  static byte[] request(CertHash hash, byte @Nullable [] nonce, TestCertificate... certificates)
      throws Exception {
    OCSPReqBuilder builder = new OCSPReqBuilder();
    for (TestCertificate certificate : certificates) {
      AlgorithmIdentifier algorithm = new AlgorithmIdentifier(new ASN1ObjectIdentifier(hash.oid()));
      builder.addRequest(
          new CertificateID(
              new JcaDigestCalculatorProviderBuilder()
                  .setProvider(new BouncyCastleProvider())
                  .build()
                  .get(algorithm),
              new JcaX509CertificateHolder(certificate.issuerCertificate()),
              certificate.serialNumber()));
    }
    if (nonce != null) {
      byte[] value = new DEROctetString(nonce).getEncoded();
      builder.setRequestExtensions(
          new Extensions(new Extension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce, false, value)));
    }
    return builder.build().getEncoded();
  }

  static BasicOCSPResp basic(HttpResponse<byte[]> response) throws IOException, OCSPException {
    return (BasicOCSPResp) new OCSPResp(response.body()).getResponseObject();
  }

  static List<SingleResp> singles(HttpResponse<byte[]> response) throws IOException, OCSPException {
    return List.of(basic(response).getResponses());
  }

  static int status(HttpResponse<byte[]> response) throws IOException {
    return new OCSPResp(response.body()).getStatus();
  }
}
