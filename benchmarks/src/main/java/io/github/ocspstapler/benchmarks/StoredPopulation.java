package io.github.ocspstapler.benchmarks;

import io.github.ocspstapler.store.StapleStore;
import io.github.ocspstapler.store.StoredStaple;
import io.github.ocspstapler.testkit.KeyAlgorithm;
import io.github.ocspstapler.testkit.OcspAnswer;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Certificates of one CA in a file, and a store's directory with a response for each that the CA
 * has really signed. The certificates are copies with another serial number.
 */
final class StoredPopulation {
  private static final long TEMPLATE_SERIAL = 0x4f43_5350_5354_504cL;
  private static final Duration VALIDITY = Duration.ofDays(30);
  private static final int SIGNATURE_BYTES = 256; // RSA-2048, at the very end of a response

  private StoredPopulation() {}

  static Path certificates(Path folder) {
    return folder.resolve("certificates");
  }

  static Path store(Path folder) {
    return folder.resolve("store");
  }

  /** Writes the CA's certificate and after it all others, and the store. */
  static void write(Path folder, int size) throws IOException, GeneralSecurityException {
    TestCa ca = TestCa.builder("Benchmark CA").keyAlgorithm(KeyAlgorithm.RSA_2048).buildCa();
    TestCertificate template =
        ca.leafBuilder("www.example.test")
            .keyAlgorithm(KeyAlgorithm.RSA_2048)
            .serialNumber(BigInteger.valueOf(TEMPLATE_SERIAL))
            .ocspUrls("http://127.0.0.1:9/") // nobody is there to be asked
            .build();
    byte[] certificate = template.certificate().getEncoded();
    byte[] response =
        OcspAnswer.good(template).signedBy(ca).embedNothing().validity(VALIDITY).der();
    Files.createDirectories(store(folder));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(certificates(folder)))) {
      out.write(ca.certificate().getEncoded());
      for (int i = 0; i < size; i++) {
        out.write(withSerial(certificate, serial(i)));
      }
    }
    int tbs = tbsOffset(response);
    int tbsLength = lengthOf(response, tbs);
    IntStream.range(0, size)
        .parallel()
        .forEach(i -> writeResponse(folder, ca, certificate, response, tbs, tbsLength, i));
  }

  private static void writeResponse(
      Path folder,
      TestCa ca,
      byte[] certificate,
      byte[] response,
      int tbs,
      int tbsLength,
      int number) {
    try {
      byte[] signed = withSerial(response, serial(number));
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(ca.keyPair().getPrivate());
      signature.update(signed, tbs, tbsLength);
      byte[] value = signature.sign();
      System.arraycopy(value, 0, signed, signed.length - SIGNATURE_BYTES, SIGNATURE_BYTES);
      byte[] fingerprint =
          MessageDigest.getInstance("SHA-256").digest(withSerial(certificate, serial(number)));
      Instant validUntil = Instant.now().plus(VALIDITY);
      // As a stapler writes it, notes and all.
      StapleStore.directory(store(folder))
          .save(
              HexFormat.of().formatHex(fingerprint),
              new StoredStaple(signed, validUntil, Optional.empty(), Optional.empty(), Map.of()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads what was written: the CA's certificate first. */
  static X509Certificate[] read(Path folder) throws IOException, GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    try (InputStream in = new BufferedInputStream(Files.newInputStream(certificates(folder)))) {
      Collection<?> all = factory.generateCertificates(in);
      return all.toArray(X509Certificate[]::new);
    }
  }

  /** BasicOCSPResponse, in an OCTET STRING behind its OID, begins with the tbs. */
  private static int tbsOffset(byte[] response) {
    byte[] basic = {0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1, 4, (byte) 0x82};
    int at = Population.indexOf(response, basic) + basic.length + 2;
    if (response[at] != 0x30 || response[at + 1] != (byte) 0x82 || response[at + 4] != 0x30) {
      throw new IllegalStateException("not the response that was expected");
    }
    return at + 4;
  }

  /** The length of a DER value, its tag and length included. */
  private static int lengthOf(byte[] der, int at) {
    int first = der[at + 1] & 0xFF;
    return switch (first) {
      case 0x81 -> 3 + (der[at + 2] & 0xFF);
      case 0x82 -> 4 + Short.toUnsignedInt(ByteBuffer.wrap(der).getShort(at + 2));
      default -> 2 + first;
    };
  }

  private static byte[] withSerial(byte[] der, byte[] serial) {
    byte[] copy = der.clone();
    int at = Population.indexOf(copy, Population.serial(TEMPLATE_SERIAL));
    System.arraycopy(serial, 0, copy, at, serial.length);
    return copy;
  }

  private static byte[] serial(int number) {
    return Population.serial(0x4000_0000_0000_0000L + number * 0x9E37L);
  }
}
