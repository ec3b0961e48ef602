package io.github.ocspstapler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.testkit.TestCertificate;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the daemon does with a folder of certificates. */
class WatchTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private Path folder;

  private WatchWorld world;

  @BeforeEach
  void start() throws Exception {
    world = new WatchWorld(folder);
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void look_certificateThere_itsResponseIsWrittenAndCanBeVerified() throws Exception {
    TestCertificate leaf = world.site("a.test");

    try (Watch watch = Watch.start(world.settings())) {
      watch.look();
      List<StapleStatus> statuses = watch.settle(LIMIT);

      assertThat(statuses).extracting(StapleStatus::state).containsExactly(State.STAPLED);
    }
    byte[] response = Files.readAllBytes(world.ocsp("a.test"));
    assertAbout(leaf, response);
    assertThat(files()).containsExactly("a.test.pem", "a.test.pem.ocsp");
    assertThat(world.responder.requestCount()).as("leaf only: nobody staples issuers").isEqualTo(1);
  }

  private void assertAbout(TestCertificate leaf, byte[] response) throws Exception {
    try (OcspClient client = OcspClient.create()) {
      assertThat(client.verify(response, leaf.certificate(), world.ca.certificate())).isNotNull();
    }
  }

  private List<String> files() throws Exception {
    try (var files = Files.list(world.certificates)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  // S1
  @Test
  void look_afterARestart_usesWhatIsThereAndAsksNobody() throws Exception {
    world.site("a.test");
    try (Watch watch = Watch.start(world.settings())) {
      watch.look();
      watch.settle(LIMIT);
    }
    Instant written = Files.getLastModifiedTime(world.ocsp("a.test")).toInstant();
    world.responder.goDown();

    try (Watch watch = Watch.start(world.settings())) {
      watch.look();

      assertThat(watch.settle(LIMIT))
          .extracting(StapleStatus::state)
          .containsExactly(State.STAPLED);
    }
    assertThat(world.responder.requestCount()).isEqualTo(1);
    assertThat(Files.getLastModifiedTime(world.ocsp("a.test")).toInstant()).isEqualTo(written);
  }

  // X12
  @Test
  void look_responseOfAnotherCertificate_isReplaced() throws Exception {
    TestCertificate leaf = world.site("a.test");
    world.site("b.test");
    try (Watch watch = Watch.start(world.settings())) {
      watch.look();
      watch.settle(LIMIT);
    }
    Files.write(world.ocsp("a.test"), Files.readAllBytes(world.ocsp("b.test")));

    try (Watch watch = Watch.start(world.settings())) {
      watch.look();
      watch.settle(LIMIT);
    }

    byte[] now = Files.readAllBytes(world.ocsp("a.test"));
    assertThat(now).isNotEqualTo(Files.readAllBytes(world.ocsp("b.test")));
    assertAbout(leaf, now);
  }

  @Test
  void look_newChangedAndRemovedCertificates_areNoticed() throws Exception {
    world.site("a.test");
    try (Watch watch = Watch.start(world.settings())) {
      watch.look();
      watch.settle(LIMIT);
      byte[] first = Files.readAllBytes(world.ocsp("a.test"));

      world.site("a.test"); // renewed: another certificate in the same file
      world.site("b.test");
      watch.look();
      watch.settle(LIMIT);

      assertThat(Files.readAllBytes(world.ocsp("a.test"))).isNotEqualTo(first);
      assertThat(world.ocsp("b.test")).exists();

      Files.delete(world.certificates.resolve("b.test.pem"));
      watch.look();

      assertThat(world.ocsp("b.test")).doesNotExist();
      assertThat(watch.settle(LIMIT)).hasSize(1);
    }
  }

  @Test
  void look_responseRemovedBySomebody_isWrittenAgain() throws Exception {
    world.site("a.test");
    try (Watch watch = Watch.start(world.settings())) {
      watch.look();
      watch.settle(LIMIT);
      Files.delete(world.ocsp("a.test"));

      watch.look();

      assertThat(world.ocsp("a.test")).exists();
      assertThat(world.responder.requestCount()).isEqualTo(1);
    }
  }

  @Test
  void look_issuerInFilesOfItsOwn_isFound() throws Exception {
    TestCertificate beside = world.leaf("beside.test");
    world.write("beside.test.pem", beside.pem());
    world.write("beside.test.pem.issuer", world.ca.held().pem());
    Files.createDirectories(folder.resolve("more"));
    Path lonely = Files.writeString(folder.resolve("more/lonely.crt"), world.leaf("x.test").pem());
    Path issuers = Files.writeString(folder.resolve("cas.pem"), world.ca.held().pem());
    Path config =
        Files.writeString(
            folder.resolve("w.yaml"),
            "certificates: ["
                + world.certificates
                + ", "
                + lonely
                + "]\nissuers: "
                + issuers
                + "\n");

    Cli run = Cli.run("watch", "--once", config);

    assertThat(run.status()).as(run.out()).isZero();
    assertThat(run.outLines()).hasSize(2).allMatch(line -> line.contains("stapled"));
  }

  @Test
  void look_pattern_namesTheResponsesByWhatTheStarsStandFor() throws Exception {
    for (String name : List.of("a.test", "b.test")) {
      Path live = Files.createDirectories(folder.resolve("live").resolve(name));
      TestCertificate leaf = world.leaf(name);
      Files.writeString(live.resolve("fullchain.pem"), leaf.chainPem());
      Files.writeString(live.resolve("privkey.pem"), leaf.privateKeyPem());
    }
    Path staples = folder.resolve("staples");
    Path config =
        Files.writeString(
            folder.resolve("w.yaml"),
            "certificates: " + folder.resolve("live") + "/*/fullchain.pem\nstaples: " + staples);

    Cli run = Cli.run("watch", "--once", config);

    assertThat(run.status()).as(run.out()).isZero();
    assertThat(staples.resolve("a.test_fullchain.pem.ocsp")).exists();
    assertThat(staples.resolve("b.test_fullchain.pem.ocsp")).exists();
  }

  @Test
  void once_oneRevokedAndOneWithoutAnswer_exitsWithTheWorst() throws Exception {
    world.responder.revoke(world.site("revoked.test"), Instant.now().minusSeconds(60));
    Cli revoked = Cli.run("watch", "--once", world.config());
    world.site("down.test");
    world.responder.goDown();
    Cli down = Cli.run("watch", "--once", world.config());

    assertThat(revoked.status()).isEqualTo(1);
    assertThat(revoked.out()).contains("revoked.test: revoked");
    assertThat(world.ocsp("revoked.test")).exists();
    assertThat(down.status()).isEqualTo(3);
  }

  @Test
  void once_besideARunningDaemon_leavesItsPortAlone() throws Exception {
    world.site("a.test");
    try (ServerSocket daemon = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Path config = world.config("status: {port: " + daemon.getLocalPort() + "}");

      assertThat(Cli.run("watch", "--once", config).status()).isZero();
    }
  }

  @Test
  void statusPage_portTaken_isSaidAndNothingStarts() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      WatchSettings settings = world.settings("status: {port: " + taken.getLocalPort() + "}");

      assertThatThrownBy(() -> Watch.start(settings))
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith("status.port: " + taken.getLocalPort() + ": ");
    }
  }

  @Test
  void check_saysWhatItFindsAndAsksNobody() throws Exception {
    world.site("a.test");
    world.write("orphan.pem", world.leaf("orphan.test").pem());
    world.write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    world.write("key.pem", world.leaf("key.test").privateKeyPem());

    Cli run = Cli.run("watch", "--check", world.config());

    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("would keep " + world.ocsp("a.test"))
        .contains("problem: ")
        .contains("broken.pem: cannot be read as a certificate")
        .doesNotContain("key.pem")
        .contains("certificates: 2");
    assertThat(world.responder.requestCount()).isZero();
  }

  @Test
  void hook_afterAWrite_knowsTheFilesAndIsOnlyRunOnce() throws Exception {
    world.site("a.test");
    world.site("b.test");
    Path told = folder.resolve("told");
    Path script =
        Files.writeString(
            folder.resolve("hook.sh"),
            "echo \"$OCSP_STAPLER_FILES\" >> " + told + "; echo --- >> " + told);

    try (Watch watch = Watch.start(world.settings("hook: {command: [sh, " + script + "]}"))) {
      watch.look();
      WatchWorld.eventually(() -> Files.exists(told) && Files.readString(told).contains("---"));
    }

    assertThat(Files.readString(told))
        .contains(world.ocsp("a.test").toString(), world.ocsp("b.test").toString())
        .containsOnlyOnce("---");
  }

  @Test
  void hook_thatHangs_isStopped() throws Exception {
    world.site("a.test");
    Path pid = folder.resolve("pid");
    Path script =
        Files.writeString(folder.resolve("hook.sh"), "echo $$ > " + pid + "; exec sleep 600");

    String hook = "hook: {command: [sh, " + script + "], timeout: 1s}";
    try (Watch watch = Watch.start(world.settings(hook))) {
      watch.look();
      WatchWorld.eventually(() -> Files.exists(pid) && !Files.readString(pid).isBlank());
      long process = Long.parseLong(Files.readString(pid).strip());

      WatchWorld.eventually(
          () -> ProcessHandle.of(process).filter(ProcessHandle::isAlive).isEmpty());
    }
  }

  @Test
  void statusPage_asConfigured_listsTheCertificates() throws Exception {
    world.site("a.test");

    try (Watch watch = Watch.start(world.settings("status: {port: 0}"))) {
      watch.look();
      watch.settle(LIMIT);

      var listing = watch.statusPage().orElseThrow().resolve("api/staples").toURL();
      try (var in = listing.openStream()) {
        assertThat(new String(in.readAllBytes(), UTF_8)).contains("\"a.test\"", "\"stapled\"");
      }
    }
  }
}
