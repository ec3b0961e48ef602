package io.github.ocspstapler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testkit.TestCertificate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a runtime pays for, and needs, of what is optional: JMX and Java Flight Recorder. */
@Timeout(120)
class SmallRuntimeTest {
  private static final String NEEDED =
      "java.base,java.net.http,jdk.httpserver,java.logging,java.naming,jdk.crypto.ec";

  @Test
  void runtime_withoutJfrAndJmx_staplesAndSaysWhatItLacks() throws Exception {
    List<String> said = run("--limit-modules", NEEDED);

    assertThat(said)
        .contains(
            "modules: no jdk.jfr, no java.management",
            "stapled: true",
            "jmx: this runtime lacks the module java.management");
  }

  @Test
  void runtime_wholeButUnused_loadsNoEventAndNoMBeanServer() throws Exception {
    List<String> said = run("-Xlog:class+load");

    assertThat(said).contains("stapled: true");
    assertThat(said).anyMatch(line -> line.contains("io.github.ocspstapler.FlightRecording "));
    assertThat(said)
        .noneMatch(line -> line.contains("jdk.jfr.internal.PlatformRecorder "))
        .noneMatch(line -> line.contains("io.github.ocspstapler.FetchEvent "))
        .noneMatch(line -> line.contains("io.github.ocspstapler.StaplePublishedEvent "))
        .noneMatch(line -> line.contains("io.github.ocspstapler.BareHandshakeEvent "))
        .noneMatch(line -> line.contains("java.lang.management.ManagementFactory "));
  }

  private static List<String> run(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Program.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      List<String> said =
          new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(() -> String.join("\n", said)).isZero();
      return said;
    } finally {
      process.destroyForcibly();
    }
  }

  /** Staples one certificate, and has one handshake without a staple. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      ModuleLayer boot = ModuleLayer.boot();
      System.out.println(
          "modules: "
              + (boot.findModule("jdk.jfr").isPresent() ? "" : "no ")
              + "jdk.jfr, "
              + (boot.findModule("java.management").isPresent() ? "" : "no ")
              + "java.management");
      try (World world = new World()) {
        World.handshake(world.stapler, World.array(world.leaf("bare.test")), false);
        TestCertificate leaf = world.stapled("a.test");
        System.out.println("stapled: " + (world.staple(leaf) != null));
        if (boot.findModule("java.management").isEmpty()) {
          world.another(builder -> builder.jmx("small")).close();
        }
      } catch (IllegalStateException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
