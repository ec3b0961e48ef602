package io.github.ocspstapler.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ocspstapler.testkit.TestCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page in a real browser. With {@code -Dstatus.screenshots=FOLDER} it takes the pictures of
 * docs/images as well.
 */
class StatusPageTest {
  private static final String TOKEN = "a-token-that-nobody-can-guess";
  private static final String ENTER = "\uE007";
  private static final String TAB = "\uE004";
  private static final int ROWS = 8; // the intermediate is kept, too

  @TempDir private static Path folder;

  private static Browser browser;
  private static ShownStapler shown;
  private static TestCertificate pay;
  private static TestCertificate www;

  private StatusServer server;

  @BeforeAll
  static void keepOneInEachState() throws Exception {
    browser = Browser.start(folder, 1240, 1000);
    shown = new ShownStapler().countAnHour();
    www = shown.good("www.example.com", Duration.ofHours(31), Duration.ofDays(4));
    shown.good("api.example.com", Duration.ofHours(40), Duration.ofDays(4));
    shown.good("mail.example.com", Duration.ofHours(9), Duration.ofDays(7));
    pay = shown.failing("pay.example.com", Duration.ofHours(54), Duration.ofDays(3));
    shown.unavailable("intranet.example.com");
    shown.revoked("old.example.com");
    shown.unstapleable("dev.example.com");
  }

  @AfterAll
  static void close() {
    if (shown != null) {
      shown.close();
    }
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void openPage() throws Exception {
    server = StatusServer.builder(shown.stapler).metrics(shown.metrics).token(TOKEN).start();
    browser.setSize(1240, 1000);
    var unused = browser.complaints(); // of the test before
    open();
  }

  private void open() throws Exception {
    browser.open(server.uri());
    browser.until("document.querySelectorAll('tr.row').length >= " + ROWS);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static String row(String name) {
    String rows = "[...document.querySelectorAll('tr.row')]";
    return rows + ".find(r => r.querySelector('.open').innerText === '" + name + "')";
  }

  @Test
  void page_everyState_isShownTheWorstFirst() throws Exception {
    JsonNode states =
        browser.run("return [...document.querySelectorAll('tr.row .state')].map(s => s.innerText)");

    assertThat(states)
        .extracting(JsonNode::asText)
        .startsWith("Revoked", "No answer", "Renewal fails", "Stapled")
        .endsWith("Not stapleable");
    assertThat(browser.run("return document.querySelector('h1').innerText").asText())
        .startsWith("old.example.com is revoked");
    assertThat(browser.run("return " + row("intranet.example.com") + ".innerText").asText())
        .contains("Not an OCSP response");
    assertThat(browser.complaints()).as("also: nothing broke the content policy").isEmpty();
  }

  @Test
  void page_staple_isDrawnOnItsTimeLine() throws Exception {
    JsonNode line =
        browser.run(
            "const r = "
                + row("pay.example.com")
                + "; const at = n => parseFloat(r.querySelector(n).style.left);"
                + " return {half: at('.half'), now: at('.now'), next: at('.next'),"
                + " label: r.querySelector('.line').getAttribute('aria-label')}");

    assertThat(line.get("half").asDouble()).isBetween(49.9, 50.1);
    assertThat(line.get("now").asDouble()).isBetween(74.9, 75.5);
    assertThat(line.get("next").asDouble()).isGreaterThan(line.get("now").asDouble());
    assertThat(line.get("label").asText()).contains("75 percent have passed", "next attempt");
  }

  @Test
  void page_hour_isDrawnMinuteByMinute() throws Exception {
    JsonNode chart = browser.run("return document.querySelector('#handshakes svg').outerHTML");
    JsonNode figures = browser.run("return document.querySelector('#handshakes').innerText");

    assertThat(chart.asText().split("class=\"fine\"", -1)).hasSize(61);
    assertThat(figures.asText()).contains("1,386 stapled", "17 without a staple");
  }

  @Test
  void page_responders_areShownWithWhatIsWrong() throws Exception {
    String list = browser.run("return document.querySelector('#responders').innerText").asText();

    // The host's own failure; once it has answered again, wrongly, the worst certificate's.
    assertThat(list)
        .contains("127.0.0.1:" + shown.sick.port(), "Fails for 2 of 2: ")
        .containsAnyOf("HTTP status 503", "not an OCSP response");
    assertThat(list).contains("127.0.0.1:" + shown.responder.port());
  }

  @Test
  void page_keyboardOnly_filtersAndOpensARow() throws Exception {
    browser.type("/pay");
    browser.until("document.querySelectorAll('tr.row').length === 1");

    browser.type(TAB + ENTER);

    browser.until("document.querySelector('tr.details:not([hidden])')");
    String details = browser.run("return document.querySelector('tr.details').innerText").asText();
    assertThat(details).contains(pay.serialNumber().toString(16), "Failures in a row");
    assertThat(browser.run("return document.activeElement.className").asText()).isEqualTo("open");
  }

  @Test
  void page_stateChosen_showsOnlyThose() throws Exception {
    browser.run("document.querySelector('[data-state=revoked]').click()");

    browser.until("document.querySelectorAll('tr.row').length === 1");
    assertThat(browser.run("return document.querySelector('tr.row').innerText").asText())
        .startsWith("old.example.com");
    assertThat(
            browser
                .run("return document.querySelector('[data-state=revoked]').ariaPressed")
                .asText())
        .isEqualTo("true");
  }

  @Test
  void page_nameThatIsMarkup_isShownAsText() throws Exception {
    TestCertificate hostile = shown.hostile();
    try {
      browser.until("document.querySelector('#rows').innerText.includes('<img')");

      assertThat(browser.run("return document.title").asText()).isEqualTo("OCSP Stapler");
      assertThat(browser.run("return document.querySelectorAll('td img').length").asInt()).isZero();
    } finally {
      shown.stapler.forget(hostile.certificate());
    }
  }

  @Test
  void page_somethingChanges_showsItWithoutAReload() throws Exception {
    browser.run("window.sameAsBefore = true");
    shown.responder.heal(www).revoke(www, Instant.now().minusSeconds(60));
    try {
      var unused = shown.stapler.refresh(www.certificate());

      browser.until(row("www.example.com") + ".innerText.includes('Revoked')");
      assertThat(browser.run("return window.sameAsBefore").asBoolean()).isTrue();
    } finally {
      shown.responder.good(www);
      shown.stapler.refresh(www.certificate()).orElseThrow().join();
    }
  }

  @Test
  void page_refreshNow_needsTheTokenAndAsks() throws Exception {
    shown.sick.clearRequests();
    String refresh = row("pay.example.com") + ".nextSibling.querySelector('.refresh')";
    browser.run(row("pay.example.com") + ".querySelector('.open').click();" + refresh + ".click()");
    browser.until("document.querySelector('dialog').open");

    browser.type("wrong-wrong-wrong-wrong" + ENTER);
    browser.until("!document.querySelector('dialog').open");
    browser.run(refresh + ".click()");
    browser.until("document.querySelector('.toast').innerText.includes('not the right one')");
    browser.until("document.querySelector('dialog').open");
    int before = shown.sick.requestCount();
    browser.type(TOKEN + ENTER);
    browser.until("!document.querySelector('dialog').open");
    browser.run(refresh + ".click()");

    browser.until("document.querySelector('.toast').innerText.includes('Asking about pay')");
    assertThat(before).isZero();
    assertThat(shown.sick.awaitRequests(1, Duration.ofSeconds(60))).isTrue();
  }

  @Test
  void page_serverGone_saysThatWhatIsShownMayBeOld() throws Exception {
    server.close();

    browser.until("!document.querySelector('#lost').hidden");
    assertThat(browser.run("return document.querySelector('#lost').innerText").asText())
        .contains("has not answered since", "may be old");
    assertThat(browser.complaints()).isNotEmpty(); // that it could not connect; read, and so gone
  }

  @Test
  void page_readersNeedTheToken_isShownOnceItIsEntered() throws Exception {
    server.close();
    server = StatusServer.builder(shown.stapler).token(TOKEN).requireTokenToRead().start();
    browser.open(server.uri());
    browser.until("document.querySelector('dialog').open");
    boolean shownBefore = browser.run("return !!document.querySelector('tr.row')").asBoolean();

    browser.type(TOKEN + ENTER);

    browser.until("document.querySelectorAll('tr.row').length === " + ROWS);
    assertThat(shownBefore).isFalse();
    assertThat(browser.complaints()).anyMatch(line -> line.contains("401"));
  }

  @Test
  void page_phoneWidth_needsNoSidewaysScrolling() throws Exception {
    browser.setSize(360, 740);

    int width = browser.run("return document.documentElement.scrollWidth").asInt();
    JsonNode cut =
        browser.run(
            "return [...document.querySelectorAll('button, input, .state')].filter(e =>"
                + " e.offsetParent && e.getBoundingClientRect().right > 360).length");

    assertThat(width).isLessThanOrEqualTo(360);
    assertThat(cut.asInt()).isZero();
  }

  @Test
  void page_hundredThousandCertificates_isTurnedAndFilteredOnTheServer() throws Exception {
    try (ShownStapler many = new ShownStapler();
        StatusServer crowded = StatusServer.builder(many.stapler).start()) {
      many.revoked("old.example.com");
      Crowd.keep(many.stapler, many.ca, 99_998); // and the one above, and their issuer
      browser.open(crowded.uri());
      browser.until("document.querySelectorAll('tr.row').length === 100");
      String first = browser.run("return document.querySelector('tr.row').innerText").asText();
      String place = browser.run("return document.querySelector('#shown').innerText").asText();

      browser.run("document.querySelector('#last').click()");
      browser.until(
          "document.querySelector('#shown').innerText.startsWith('99,901–100,000 of 100,000')");
      int lastRows = browser.run("return document.querySelectorAll('tr.row').length").asInt();
      browser.type("/" + Crowd.name(77_777));
      browser.until("document.querySelectorAll('tr.row').length === 1");

      assertThat(first).contains("old.example.com", "Revoked");
      assertThat(place).isEqualTo("1–100 of 100,000 certificates, the worst first");
      assertThat(lastRows).isEqualTo(100);
      assertThat(browser.run("return document.querySelector('tr.row .open').innerText").asText())
          .isEqualTo(Crowd.name(77_777));
      assertThat(browser.run("return document.querySelector('#pages').hidden").asBoolean())
          .isTrue();
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void page_allItLoads_comesFromItself() throws Exception {
    JsonNode loaded =
        browser.run("return performance.getEntriesByType('resource').map(entry => entry.name)");

    assertThat(loaded)
        .extracting(JsonNode::asText)
        .hasSizeGreaterThan(3)
        .allMatch(url -> url.startsWith(server.uri().toString()));
  }

  @Test
  void page_takenPictureOf_looksAsInTheGuide() throws Exception {
    Path pictures = Path.of(System.getProperty("status.screenshots", folder.toString()));

    browser.prefer("light");
    browser.screenshot(pictures.resolve("status-light.png"));
    String light = background();
    browser.prefer("dark");
    browser.screenshot(pictures.resolve("status-dark.png"));
    String dark = background();
    browser.prefer("light");
    browser.setSize(390, 1400);
    browser.screenshot(pictures.resolve("status-phone.png"));

    assertThat(light).isEqualTo("rgb(247, 248, 246)");
    assertThat(dark).isEqualTo("rgb(18, 21, 19)");
    assertThat(Files.size(pictures.resolve("status-phone.png"))).isPositive();
  }

  private static String background() throws Exception {
    return browser.run("return getComputedStyle(document.body).backgroundColor").asText();
  }
}
