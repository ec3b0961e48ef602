package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.ocsp.OcspResponse;
import io.github.ocspstapler.testkit.ManualScheduler;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.github.ocspstapler.testsupport.Eventually;
import io.github.ocspstapler.testsupport.FreePort;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** L13, S6: a caching nginx between the client and the responder, before it and as a proxy. */
class RealCacheTest {
  private final ManualScheduler time = ManualScheduler.create();
  private final Clock clock = time.clock();
  private final TestCa ca = TestCa.builder("Cached CA").clock(clock).buildCa();
  private final TestResponder responder =
      TestResponder.builder().ca(ca).clock(clock).validity(Duration.ofHours(8)).start();
  private final int port = FreePort.next();

  @TempDir private Path folder;

  @BeforeEach
  void letCachesKeepAnswers() {
    responder.maxAge(Duration.ofHours(4)).etags(true);
  }

  @AfterEach
  void close() {
    responder.close();
  }

  @Test
  void query_twice_isAnsweredByTheCacheTheSecondTime() throws Exception {
    TestCertificate leaf = leafBehindTheCache();
    try (RunningProgram cache = nginx(responder.url());
        OcspClient client = client()) {

      OcspResponse first = client.query(leaf.certificate(), ca.certificate());
      OcspResponse second = client.query(leaf.certificate(), ca.certificate());

      assertThat(second).isEqualTo(first);
      assertThat(second.httpFreshness().maxAge()).hasValue(Duration.ofHours(4));
      assertThat(responder.requestCount()).isEqualTo(1);
      Eventually.until(() -> answers().equals(List.of("200 MISS", "200 HIT")));
      assertThat(cache.url()).isNotEmpty();
    }
  }

  @Test
  void refresh_nothingNewer_isNotModifiedByTheCacheItself() throws Exception {
    TestCertificate leaf = leafBehindTheCache();
    try (RunningProgram cache = nginx(responder.url());
        Stapler stapler = stapler(client())) {
      stapler.preload(leaf.chain()).get(60, TimeUnit.SECONDS);

      StapleStatus status = stapler.refresh(leaf.chain()).get(60, TimeUnit.SECONDS);

      assertThat(status.state()).isEqualTo(StapleStatus.State.STAPLED);
      assertThat(status.failuresInARow()).isZero();
      assertThat(responder.requestCount()).isEqualTo(1);
      Eventually.until(() -> answers().equals(List.of("200 MISS", "304 HIT")));
      assertThat(cache.url()).isNotEmpty();
    }
  }

  // The cache goes by its own clock, and keeps what has expired by the responder's and ours.
  @Test
  void query_cacheKeepsAnExpiredAnswer_isAskedForOncePastIt() throws Exception {
    TestCertificate leaf = leafBehindTheCache();
    try (RunningProgram cache = nginx(responder.url());
        OcspClient client = client()) {
      OcspResponse first = client.query(leaf.certificate(), ca.certificate());
      time.advance(Duration.ofHours(9));

      OcspResponse second = client.query(leaf.certificate(), ca.certificate());

      assertThat(second.thisUpdate()).isAfter(first.thisUpdate());
      assertThat(responder.requests())
          .extracting(request -> request.header("Cache-Control").orElse("none"))
          .containsExactly("none", "no-cache");
      Eventually.until(() -> answers().equals(List.of("200 MISS", "200 HIT", "200 BYPASS")));
      assertThat(cache.url()).isNotEmpty();
    }
  }

  @Test
  void stapler_behindAProxyThatCaches_isStapled() throws Exception {
    TestCertificate leaf = ca.leaf("proxied.test", responder.url());
    ProxySelector proxy =
        ProxySelector.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    try (RunningProgram cache = nginx("http://$http_host");
        OcspClient client = OcspClient.builder().clock(clock).proxy(proxy).build();
        Stapler one = stapler(client);
        Stapler other = stapler(client)) {

      one.preload(leaf.chain()).get(60, TimeUnit.SECONDS);
      other.preload(leaf.chain()).get(60, TimeUnit.SECONDS);

      assertThat(other.staple(leaf.certificate())).isPresent();
      assertThat(responder.requestCount()).isEqualTo(1);
      Eventually.until(() -> answers().equals(List.of("200 MISS", "200 HIT")));
      assertThat(cache.url()).isNotEmpty();
    }
  }

  private TestCertificate leafBehindTheCache() {
    return ca.leaf("cached.test", "http://127.0.0.1:" + port + "/");
  }

  private OcspClient client() {
    return OcspClient.builder().clock(clock).build();
  }

  private Stapler stapler(OcspClient client) {
    return Stapler.builder().clock(clock).client(client).delivery(JsseDelivery.Mode.OFF).build();
  }

  /** What nginx answered, and where from. */
  private List<String> answers() {
    try {
      return Files.readAllLines(folder.resolve("access"));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private RunningProgram nginx(String upstream) throws Exception {
    Path nginx = OutsideTool.require("nginx", "nginx-light");
    String pass = upstream.endsWith("/") ? upstream.substring(0, upstream.length() - 1) : upstream;
    Path configuration =
        Files.writeString(
            folder.resolve("nginx.conf"),
            """
            daemon off;
            master_process off;
            pid pid;
            error_log stderr notice;
            events {}
            http {
              log_format short '$status $upstream_cache_status';
              access_log access short;
              client_body_temp_path body;
              fastcgi_temp_path fastcgi;
              proxy_temp_path proxy;
              scgi_temp_path scgi;
              uwsgi_temp_path uwsgi;
              proxy_cache_path cache keys_zone=answers:1m;
              server {
                listen 127.0.0.1:%d;
                location / {
                  proxy_pass %s$request_uri;
                  proxy_cache answers;
                  proxy_cache_key $http_host$request_uri;
                  proxy_cache_bypass $http_cache_control;
                  add_header X-Cache $upstream_cache_status;
                }
              }
            }
            """
                .formatted(port, pass));
    return RunningProgram.start(
        port,
        folder.resolve("log"),
        "event method",
        List.of(
            nginx.toString(),
            "-p",
            folder.toString(),
            "-e",
            "stderr",
            "-c",
            configuration.toString()));
  }
}
