package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.ocsp.RevocationReason;
import io.github.ocspstapler.testkit.TestCertificate;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One line a change of state, and each says what to expect next. */
class StaplerLogTest {
  private final LogLines log = new LogLines();
  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
    log.close();
  }

  @Test
  void stapled_first_saysByWhomAndForHowLong() {
    world.stapled("example.com");

    assertThat(lines())
        .singleElement()
        .asString()
        .startsWith("INFO example.com: stapled by http://ocsp.ca.test/")
        .contains(", staple valid until 2026-01-07T23:55:00Z, next attempt 2026-01-0");
  }

  @Test
  void outage_ofADay_isOneLineForTheCertificateAndOneForTheHost() {
    world.stapled("example.com");
    world.responders.everywhere(InMemoryResponders.down());

    world.advance(Duration.ofDays(5));

    List<String> warnings = lines().stream().filter(line -> line.startsWith("WARNING")).toList();
    assertThat(warnings).hasSize(2);
    assertThat(warnings.get(0))
        .startsWith("WARNING example.com: http://ocsp.ca.test/ refused to connect since 2026-01-0")
        .contains("(3 attempts), staple valid until 2026-01-07T23:55:00Z, next attempt 2026-01-0");
    assertThat(warnings.get(1))
        .startsWith("WARNING responder http://ocsp.ca.test unreachable since 2026-01-0");
  }

  @Test
  void outage_over_saysSo() {
    world.stapled("example.com");
    world.responders.everywhere(InMemoryResponders.down());
    world.advance(Duration.ofDays(5));
    world.responders.everywhere(InMemoryResponders.good(Duration.ofDays(7)));

    world.advance(Duration.ofHours(2));

    assertThat(lines())
        .anyMatch(line -> line.equals("INFO responder http://ocsp.ca.test answers again"))
        .anyMatch(line -> line.startsWith("INFO example.com: renewed by http://ocsp.ca.test/"));
  }

  // X7: the clock that everything rests on.
  @Test
  void clocksDiffer_forDays_isOneLineAndOneAtTheEnd() {
    world.responders.everywhere(goodWithSkew(Duration.ofMinutes(7)));
    world.stapled("example.com");
    world.stapled("example.org");
    world.advance(Duration.ofDays(5));

    world.responders.everywhere(goodWithSkew(Duration.ZERO));
    world.advance(Duration.ofDays(5));

    assertThat(lines().stream().filter(line -> line.contains("clock")))
        .containsExactly(
            "WARNING the clock of this machine is 7 minutes behind that of responder"
                + " http://ocsp.ca.test: one of them is wrong, and right answers may be refused for"
                + " their times",
            "INFO the clock of this machine agrees with responder http://ocsp.ca.test again");
  }

  private static InMemoryResponders.Behaviour goodWithSkew(Duration skew) {
    InMemoryResponders.Behaviour good = InMemoryResponders.good(Duration.ofDays(4));
    return (certificate, responder, now) ->
        good.answer(certificate, responder, now) instanceof Outcome.Answered answer
            ? answer.with(null, skew)
            : null;
  }

  @Test
  void revoked_always_saysWhenAndWhy() {
    world.responders.everywhere(
        InMemoryResponders.revoked(Duration.ofDays(7), RevocationReason.KEY_COMPROMISE));

    world.stapled("example.com");

    assertThat(lines())
        .singleElement()
        .asString()
        .startsWith("WARNING example.com: revoked by its CA at 2026-01-01T00:00:00Z")
        .contains("nothing is stapled any more, next attempt 2026-01-01T0");
  }

  // X9: the crate warned of these every minute.
  @Test
  void noOcspUrl_forDays_isOneQuietLine() {
    var unused = world.stapler.preload(World.chain(world.ca.leaf("quiet.test")));

    world.advance(Duration.ofDays(3));

    assertThat(lines()).hasSize(1);
    assertThat(lines().get(0))
        .isEqualTo(
            "INFO quiet.test: is not stapled: it names no OCSP responder to ask, or OCSP is disabled for it");
  }

  @Test
  void message_withLineBreaksAndWithoutEnd_isOneBoundedLine() {
    String hostile = "no\r\nWARNING forged: \u001b[31mline\u2028".repeat(200);
    world.responders.everywhere((certificate, responder, now) ->
        new Outcome.NoAnswer(Outcome.Kind.REFUSED, "http_status", hostile, false, false, null));

    world.stapled("example.com");

    assertThat(lines())
        .singleElement()
        .satisfies(line -> {
          assertThat(line).startsWith("WARNING example.com: no??WARNING forged: ?[31mline?");
          assertThat(line).hasSizeLessThan(Announcer.LINE_LENGTH + 20).doesNotContainPattern("\\R");
        });
  }

  @Test
  void line_always_isTheNameThenWhatHappenedThenTheFacts() {
    world.stapled("example.com");
    world.responders.everywhere(InMemoryResponders.down());
    world.advance(Duration.ofDays(8));
    world.responders.everywhere(InMemoryResponders.good(Duration.ofDays(7)));
    world.advance(Duration.ofHours(2));

    assertThat(lines())
        .hasSizeGreaterThan(5)
        .allMatch(line -> line.matches(LINE) || line.matches(HOST_LINE));
  }

  private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ";

  private static final String LINE =
      "[A-Z]+ example\\.com: .+, (staple valid until "
          + TIME
          + "|no staple)(, next attempt "
          + TIME
          + ")?";

  private static final String HOST_LINE = "[A-Z]+ responder http://ocsp\\.ca\\.test .+";

  @Test
  void manyLines_inAMinute_areBoundedAndTheRestCounted() {
    for (int i = 0; i < 300; i++) {
      TestCertificate leaf = world.leaf("host" + i + ".test");
      var unused = world.stapler.preload(World.chain(leaf));
    }
    world.scheduler.runDue();
    assertThat(lines()).hasSize(Announcer.LINES_PER_MINUTE);
    world.advance(Duration.ofMinutes(1));

    var unused = world.stapler.preload(World.chain(world.leaf("last.test")));
    world.scheduler.runDue();

    assertThat(lines()).contains("WARNING 180 more lines of the stapler were left out");
  }

  /** Without what belongs to the intermediate, which names no responder. */
  private List<String> lines() {
    Stream<String> all = log.all().stream();
    return all.filter(line -> !line.contains("CN=")).toList();
  }
}
