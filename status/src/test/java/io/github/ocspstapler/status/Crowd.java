package io.github.ocspstapler.status;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

/** Very many certificates: copies of one, with other names and serial numbers patched in. */
final class Crowd {
  private static final int DIGITS = 6;

  private Crowd() {}

  /** Has them kept: site000000.example.com and so on, which name no responder to ask. */
  static void keep(Stapler stapler, TestCa ca, int count) throws Exception {
    TestCertificate original = ca.leaf(name(0));
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    byte[] name = name(0).getBytes(StandardCharsets.US_ASCII);
    byte[] der = original.certificate().getEncoded();
    byte[] serial = original.serialNumber().toByteArray();
    for (int i = 0; i < count; i++) {
      byte[] copy = der.clone();
      replace(copy, name, name(i).getBytes(StandardCharsets.US_ASCII));
      replace(copy, serial, serial(serial, i));
      X509Certificate certificate =
          (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(copy));
      var unused = stapler.preload(List.of(certificate, ca.certificate()));
    }
  }

  static String name(int number) {
    return String.format("site%0" + DIGITS + "d.example.com", number);
  }

  /** As long as the original, and as little negative. */
  private static byte[] serial(byte[] original, int number) {
    byte[] patched = original.clone();
    byte[] last = BigInteger.valueOf(0x1000000L + number).toByteArray();
    System.arraycopy(last, 1, patched, patched.length - 3, 3);
    return patched;
  }

  private static void replace(byte[] in, byte[] old, byte[] with) {
    for (int at = 0; at + old.length <= in.length; at++) {
      if (Arrays.equals(in, at, at + old.length, old, 0, old.length)) {
        System.arraycopy(with, 0, in, at, with.length);
      }
    }
  }
}
