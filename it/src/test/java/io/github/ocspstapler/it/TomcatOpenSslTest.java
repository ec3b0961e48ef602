package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testsupport.Command;
import io.github.ocspstapler.testsupport.FreePort;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tomcat on the machine's OpenSSL, which no staple reaches: it serves on unstapled, and its log
 * says why. By its FFM binding, which needs Java 22; see the profile.
 */
class TomcatOpenSslTest {
  private static final String IMPLEMENTATION =
      " sslImplementationName=\"org.apache.tomcat.util.net.openssl.panama.OpenSSLImplementation\"";

  @TempDir private Path folder;

  private final int port = FreePort.next();
  private TestSite site;
  private RunningProgram tomcat;

  @BeforeEach
  void start() throws Exception {
    site = new TestSite(folder);
    Path libraries = Files.createDirectory(folder.resolve("lib"));
    // Tomcat looks for this name, which only a package for developers would bring.
    Files.createSymbolicLink(libraries.resolve("libssl.so"), library());
    tomcat =
        StandAloneTomcat.start(folder, port, site, IMPLEMENTATION, "LD_LIBRARY_PATH=" + libraries);
  }

  /** The library that the machine's openssl works with. */
  private static Path library() {
    String openssl = OutsideTool.require("openssl", "openssl").toString();
    Command needed = Command.run(OutsideTool.require("ldd", "libc-bin"), openssl);
    Matcher path = Pattern.compile("libssl\\.so\\S* => (\\S+)").matcher(needed.output());
    assertThat(path.find()).as(needed.output()).isTrue();
    return Path.of(path.group(1));
  }

  @AfterEach
  void stop() {
    tomcat.close();
    site.close();
  }

  @Test
  void serverXml_openssl_isUnstapledAndSaid() throws Exception {
    site.assertServedBare(port);

    assertThat(Files.readString(folder.resolve("log")))
        .containsOnlyOnce("takes no staple from here; handshakes go on unstapled")
        .contains("The TLS engine org.apache.tomcat.util.net.openssl.panama.")
        .contains("Use Tomcat's JSSEImplementation instead.");
  }
}
