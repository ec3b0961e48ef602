package io.github.ocspstapler.benchmarks;

import io.github.ocspstapler.InstantAnswers;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.testkit.OcspAnswer;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/**
 * Many certificates of one CA, and their OCSP responses, without making a signature for each:
 * copies of one real certificate and one real response with another serial number patched in.
 *
 * <p>The certificates are parsed one by one by the JDK, so they are as large in memory as real
 * ones. Their signatures are wrong, which nothing here looks at; those of the responses are wrong
 * too, and a {@link CredulousProvider} says they are right.
 */
final class Population {
  private static final int SERIAL_BYTES = 8;
  private static final long TEMPLATE_SERIAL = 0x4f43_5350_5354_504cL;
  private static final int RANDOM_BYTES = 24; // of the signature
  private static final int BATCH = 5_000;
  private static final Duration VALIDITY = Duration.ofDays(7);

  private final X509Certificate issuer;
  private final byte[] response;
  private final int responseSerial;
  private final X509Certificate[] certificates;

  private Population(
      X509Certificate issuer, byte[] response, int responseSerial, X509Certificate[] certificates) {
    this.issuer = issuer;
    this.response = response;
    this.responseSerial = responseSerial;
    this.certificates = certificates;
  }

  static Population of(int size) {
    TestCa ca = TestCa.root("Benchmark CA");
    TestCertificate template =
        ca.leafBuilder("www.example.test")
            .serialNumber(BigInteger.valueOf(TEMPLATE_SERIAL))
            .ocspUrls("http://ocsp.example.test/")
            .build();
    Instant now = Instant.now();
    byte[] response =
        OcspAnswer.good(template).signedBy(ca).thisUpdate(now).nextUpdate(now.plus(VALIDITY)).der();
    try {
      byte[] der = template.certificate().getEncoded();
      int serial = indexOf(der, serial(TEMPLATE_SERIAL));
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      SplittableRandom random = new SplittableRandom(42);
      byte[] noise = new byte[RANDOM_BYTES];
      X509Certificate[] certificates = new X509Certificate[size];
      for (int i = 0; i < size; i++) {
        random.nextBytes(noise);
        // As random as real ones: a certificate's hash code is taken over its bytes.
        long number = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x4000_0000_0000_0000L;
        System.arraycopy(serial(number), 0, der, serial, SERIAL_BYTES);
        System.arraycopy(noise, 0, der, der.length - RANDOM_BYTES, RANDOM_BYTES);
        certificates[i] =
            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der.clone()));
      }
      return new Population(
          ca.certificate(), response, indexOf(response, serial(TEMPLATE_SERIAL)), certificates);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  X509Certificate[] certificates() {
    return certificates;
  }

  X509Certificate issuer() {
    return issuer;
  }

  /** Bytes of each response's encoding. */
  int responseBytes() {
    return response.length;
  }

  /** A stapler whose responder is in this process's memory and answers at once. */
  Stapler.Builder stapler() {
    OcspClient client =
        OcspClient.builder()
            .httpClient(new MemoryHttpClient(this::answer))
            .provider(new CredulousProvider())
            .timeout(Duration.ofMinutes(1)) // the machine may be busy with other things
            .build();
    return Stapler.builder()
        .client(client)
        .delivery(JsseDelivery.Mode.AUTOMATIC)
        .maxCertificates(Math.max(1000, 2 * certificates.length))
        .maxConcurrency(64, 64);
  }

  /**
   * A stapler that is told the responses, without the requests, parsing and checks that a look-up
   * knows nothing of.
   */
  Stapler.Builder instantStapler() {
    Stapler.Builder builder =
        Stapler.builder()
            .delivery(JsseDelivery.Mode.AUTOMATIC)
            .maxCertificates(Math.max(1000, 2 * certificates.length));
    return InstantAnswers.answer(
        builder,
        Clock.systemUTC(),
        VALIDITY,
        certificate -> answer(certificate.getSerialNumber().toByteArray()));
  }

  /** Has the stapler fetch a staple for each, and fails if one is missing. */
  void preload(Stapler stapler) {
    for (int from = 0; from < certificates.length; from += BATCH) {
      List<CompletableFuture<?>> batch = new ArrayList<>();
      for (int i = from; i < Math.min(from + BATCH, certificates.length); i++) {
        batch.add(stapler.preload(List.of(certificates[i], issuer)));
      }
      CompletableFuture.allOf(batch.toArray(CompletableFuture<?>[]::new)).join();
    }
    for (X509Certificate certificate : certificates) {
      if (stapler.staple(certificate).isEmpty()) {
        throw new IllegalStateException(
            "no staple: " + stapler.status(List.of(certificate, issuer)));
      }
    }
  }

  /** Answers an OCSPRequest without extensions: the serial number is what it ends with. */
  private byte[] answer(byte[] request) {
    byte[] answer = response.clone();
    System.arraycopy(request, request.length - SERIAL_BYTES, answer, responseSerial, SERIAL_BYTES);
    return answer;
  }

  static byte[] serial(long number) {
    return ByteBuffer.allocate(SERIAL_BYTES).putLong(number).array();
  }

  static int indexOf(byte[] bytes, byte[] wanted) {
    for (int at = 0; at + wanted.length <= bytes.length; at++) {
      if (ByteBuffer.wrap(bytes, at, wanted.length).equals(ByteBuffer.wrap(wanted))) {
        return at;
      }
    }
    throw new IllegalStateException("serial number not found");
  }
}
