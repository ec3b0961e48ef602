package io.github.ocspstapler.servers;

import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** TLS clients that others wrote, each a process of its own that asks for staples. */
final class OutsideClient {
  private static final long SECONDS = 60;
  private static final Pattern RESPONSE =
      Pattern.compile("-----BEGIN OCSP RESPONSE-----(.*?)-----END", Pattern.DOTALL);

  private final Path folder;
  private final Path trustAnchor;

  OutsideClient(Path folder, TestCertificate root) {
    try {
      this.folder = folder;
      this.trustAnchor = Files.writeString(folder.resolve("root.pem"), root.pem());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns what {@code openssl s_client -status} says about a handshake. */
  String openssl(int port, Protocol protocol) {
    return run(
        OutsideTool.require("openssl", "openssl").toString(),
        "s_client",
        "-status",
        protocol.openssl(),
        "-connect",
        "127.0.0.1:" + port,
        "-servername",
        "localhost",
        "-alpn",
        "h2,http/1.1",
        "-CAfile",
        trustAnchor.toString());
  }

  /** Whether openssl was sent a good staple about this certificate, and trusts the chain. */
  boolean seesStaple(int port, Protocol protocol, TestCertificate certificate) {
    String output = openssl(port, protocol);
    String serial = certificate.serialNumber().toString(16).toUpperCase(Locale.ROOT);
    return output.contains("OCSP Response Status: successful")
        && output.contains("Cert Status: good")
        && Pattern.compile("Serial Number: 0?" + serial + "\\b").matcher(output).find()
        && output.contains("Verify return code: 0 (ok)");
  }

  /** Returns every staple that gnutls-cli was sent, leaf's and intermediates'. */
  List<byte[]> staples(int port, Protocol protocol) {
    Path saved = folder.resolve("staples-" + port + protocol + ".pem");
    run(
        OutsideTool.require("gnutls-cli", "gnutls-bin").toString(),
        "--port=" + port,
        "--x509cafile=" + trustAnchor,
        "--priority=NORMAL:-VERS-ALL:+VERS-" + protocol.gnutls(),
        "--alpn=h2",
        "--alpn=http/1.1",
        "--save-ocsp-multi=" + saved,
        "localhost");
    List<byte[]> staples = new ArrayList<>();
    try {
      if (Files.exists(saved)) {
        Matcher response = RESPONSE.matcher(Files.readString(saved));
        while (response.find()) {
          staples.add(Base64.getMimeDecoder().decode(response.group(1)));
        }
      }
      return staples;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String run(String... line) {
    try {
      Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
      process.getOutputStream().close();
      byte[] output = process.getInputStream().readAllBytes();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(String.join(" ", line) + " does not end");
      }
      return new String(output, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
