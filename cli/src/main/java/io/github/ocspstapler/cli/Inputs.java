package io.github.ocspstapler.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files that a user names: PEM or DER, bounded in size. Not thread-safe.
 *
 * <p>No content makes it throw anything but {@link InputException}.
 */
final class Inputs {
  /** A file larger than this is no certificate and no OCSP response. */
  static final int MAX_FILE_BYTES = 16 << 20;

  private final Path folder;
  private final @Nullable InputStream standardInput;
  private boolean standardInputRead; // confined to the one thread that reads

  private Inputs(Path folder, @Nullable InputStream standardInput) {
    this.folder = folder;
    this.standardInput = standardInput;
  }

  /** Names are relative to the working directory; {@code -} is standard input, once. */
  static Inputs ofCommandLine(InputStream standardInput) {
    return new Inputs(Path.of(""), standardInput);
  }

  /**
   * Names are relative to this folder, and only regular files are read: a pipe or a device that a
   * line names would hold up all the lines behind it.
   */
  static Inputs ofBatch(Path folder) {
    return new Inputs(folder, null);
  }

  /** Returns an OCSP response's bytes: what is in the PEM block if there is one, else all. */
  byte[] response(String name) throws InputException {
    byte[] bytes = read(name);
    try {
      return Pem.blocks(bytes).map(Inputs::firstResponse).orElse(bytes);
    } catch (IllegalArgumentException notPem) {
      return bytes; // bad bytes are an answer too: the verifier's, not a reason to stop
    }
  }

  private static byte[] firstResponse(List<Pem> blocks) {
    return blocks.stream()
        .filter(block -> block.label().equals("OCSP RESPONSE"))
        .findFirst()
        .orElse(blocks.get(0))
        .content();
  }

  /** Returns the certificate in the file, the first if it holds a chain. */
  X509Certificate certificate(String name) throws InputException {
    return certificates(name).get(0);
  }

  /** Returns the file's certificates in their order, at least one. */
  List<X509Certificate> certificates(String name) throws InputException {
    byte[] bytes = read(name);
    try {
      List<X509Certificate> certificates = new ArrayList<>();
      Optional<List<Pem>> blocks = Pem.blocks(bytes);
      if (blocks.isPresent()) {
        for (Pem block : blocks.get()) {
          if (block.label().equals("CERTIFICATE") || block.label().equals("X509 CERTIFICATE")) {
            certificates.addAll(certificatesOfDer(block.content()));
          }
        }
      } else {
        certificates.addAll(certificatesOfDer(bytes));
      }
      if (certificates.isEmpty()) {
        throw new InputException(name + ": holds no certificate (expected: PEM or DER)");
      }
      return certificates;
    } catch (CertificateException | RuntimeException e) {
      throw new InputException(name + ": cannot be read as a certificate: " + e.getMessage(), e);
    }
  }

  /** Returns the certificates that stand one after the other in these bytes. */
  static List<X509Certificate> certificatesOfDer(byte[] der) throws CertificateException {
    CertificateFactory x509 = CertificateFactory.getInstance("X.509");
    ByteArrayInputStream in = new ByteArrayInputStream(der);
    List<X509Certificate> certificates = new ArrayList<>();
    while (in.available() > 0 && !onlyWhitespaceFrom(der, der.length - in.available())) {
      if (der[der.length - in.available()] != 0x30) {
        throw new CertificateException("neither PEM nor DER");
      }
      certificates.add((X509Certificate) x509.generateCertificate(in));
    }
    return certificates;
  }

  private static boolean onlyWhitespaceFrom(byte[] bytes, int start) {
    for (int i = start; i < bytes.length; i++) {
      if (bytes[i] != '\n' && bytes[i] != '\r' && bytes[i] != ' ' && bytes[i] != '\t') {
        return false;
      }
    }
    return true;
  }

  /** Returns the one of the candidates that issued the certificate, if one did. */
  static Optional<X509Certificate> issuerOf(
      X509Certificate certificate, List<X509Certificate> candidates) {
    return candidates.stream().filter(candidate -> issued(candidate, certificate)).findFirst();
  }

  private static boolean issued(X509Certificate issuer, X509Certificate certificate) {
    if (!issuer.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
      return false;
    }
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException | RuntimeException e) {
      return false;
    }
  }

  /** Returns the file's bytes. */
  byte[] read(String name) throws InputException {
    if (name.isEmpty()) {
      throw new InputException("a file name is empty");
    }
    try {
      if (name.equals("-") && standardInput != null) {
        return bounded(once(standardInput), "standard input");
      }
      Path path = folder.resolve(name);
      if (standardInput == null && Files.exists(path) && !Files.isRegularFile(path)) {
        throw new InputException(name + ": not a regular file");
      }
      if (Files.isDirectory(path)) {
        throw new InputException(name + ": is a directory");
      }
      try (InputStream in = Files.newInputStream(path)) {
        return bounded(in, name);
      }
    } catch (NoSuchFileException e) {
      throw new InputException(name + ": no such file", e);
    } catch (InvalidPathException e) {
      throw new InputException(name + ": not a file name here: " + e.getReason(), e);
    } catch (IOException e) {
      throw new InputException(name + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private InputStream once(InputStream in) throws InputException {
    if (standardInputRead) {
      throw new InputException("standard input (-) can be given for one file only");
    }
    standardInputRead = true;
    return in;
  }

  private static byte[] bounded(InputStream in, String name) throws IOException, InputException {
    byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
    if (bytes.length > MAX_FILE_BYTES) {
      throw new InputException(
          name + ": larger than " + MAX_FILE_BYTES + " bytes, so no certificate or response");
    }
    return bytes;
  }
}
