package io.github.ocspstapler.cli;

import io.github.ocspstapler.testkit.OcspAnswer;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** A folder with a throw-away CA, one of its certificates, and answers about it. */
final class CaseFolder {
  static final TestCa CA = TestCa.root("Command line test CA");
  static final TestCertificate LEAF = CA.leaf("example.test");

  private final Path folder;

  CaseFolder(Path folder) {
    this.folder = folder;
  }

  /** The CA's certificate, DER. */
  Path issuer() {
    return write("issuer.der", encoded(CA.held()));
  }

  /** The leaf's certificate, DER. */
  Path cert() {
    return write("cert.der", encoded(LEAF));
  }

  /** An answer, DER. */
  Path response(OcspAnswer answer) {
    return write("response.der", answer.der());
  }

  /** The leaf's serial number as people write it. */
  static String serial() {
    return LEAF.serialNumber().toString(16);
  }

  Path write(String name, byte[] content) {
    try {
      return Files.write(folder.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] encoded(TestCertificate certificate) {
    try {
      return certificate.certificate().getEncoded();
    } catch (java.security.cert.CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }

  static String pem(String label, byte[] content) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
        + "\n-----END "
        + label
        + "-----\n";
  }
}
