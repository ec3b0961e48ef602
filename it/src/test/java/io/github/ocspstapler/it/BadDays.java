package io.github.ocspstapler.it;

import io.github.ocspstapler.it.BadDay.Act;
import io.github.ocspstapler.it.TroubledStore.Trouble;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.Malformation;
import io.github.ocspstapler.testkit.OcspAnswer;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** All faults of the table. */
final class BadDays {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Act HEAL = world -> world.responder.heal();

  private static final String HANGS = "hangs";
  private static final String DRIPS = "sends a byte every 50 ms";
  private static final Set<String> NEVER_ANSWERS = Set.of(HANGS, DRIPS);

  private BadDays() {}

  static Stream<BadDayTable.Row> all() {
    Stream<BadDay> single =
        Stream.of(down(), faults(), excuses(), lies(), ways(), stores(), clocks(), longTimes())
            .flatMap(days -> days);
    return Stream.concat(single, Stream.of(new ThousandCertificates(), new FortyThreads()));
  }

  private static Stream<BadDay> down() {
    Act goDown = world -> world.responder.goDown();
    Act comeUp = world -> world.responder.comeUp();
    return Stream.of(
        new BadDay("responder down", goDown, comeUp),
        new BadDay("responder down for a day", goDown, comeUp)
            .lasting(DAY, Duration.ofHours(3), 100),
        new BadDay("responder down for three days, past nextUpdate", goDown, comeUp)
            .lasting(Duration.ofDays(3), Duration.ofHours(3), 700)
            .mayGoBare(),
        new BadDay("responder flapping, down and up every hour", goDown, comeUp)
            .lasting(DAY, HOUR, 60)
            .unfelt()
            .changing(BadDays::flap));
  }

  private static void flap(BadDayWorld world) {
    if (world.responder.isUp()) {
      world.responder.goDown();
    } else {
      world.responder.comeUp();
    }
  }

  /** The faults of HTTP and of OCSP, by the name that the table shows. */
  static Map<String, Fault> namedFaults() {
    Map<String, Fault> faults = new LinkedHashMap<>();
    faults.put(HANGS, Fault.hang());
    faults.put(DRIPS, Fault.drip(Duration.ofMillis(50)));
    faults.put("resets connections", Fault.reset());
    faults.put("cuts answers off", Fault.cutOff());
    faults.put("sends 100 MB", Fault.hugeBody(100_000_000));
    faults.put("sends HTML with 200", Fault.html());
    faults.put("redirects to a port where nobody is", Fault.redirectTo("http://127.0.0.1:1/"));
    faults.put("redirects to a file", Fault.redirectTo("file:///etc/passwd"));
    for (int status : new int[] {400, 403, 404, 500, 502}) {
      faults.put("says HTTP " + status, Fault.http(status));
    }
    faults.put("says HTTP 429, Retry-After 2 min", Fault.http(429, Duration.ofMinutes(2)));
    faults.put("says HTTP 503, Retry-After 30 min", Fault.http(503, Duration.ofMinutes(30)));
    for (int status : new int[] {1, 2, 3, 5, 6}) {
      faults.put("says OCSP status " + status, Fault.error(status));
    }
    faults.put("sends a forged \"revoked\"", Fault.answer(BadDays::forgedRevocation));
    faults.put("replays an answer of long ago", Fault.answer(BadDays::ofLongAgo));
    return faults;
  }

  private static Stream<BadDay> faults() {
    return namedFaults().entrySet().stream()
        .map(fault -> {
          Fault what = fault.getValue();
          String name = "responder " + fault.getKey();
          BadDay day = new BadDay(name, world -> world.responder.fault(what), HEAL);
          return NEVER_ANSWERS.contains(fault.getKey()) ? day.impatient() : day;
        });
  }

  private static Stream<BadDay> excuses() {
    Fault wayOff = Fault.http(503, Duration.ofDays(365));
    return Stream.of(
        // It is believed, but never past half of what the staple at hand still lasts.
        new BadDay(
                "responder says HTTP 503, Retry-After 1 year",
                world -> world.responder.fault(wayOff),
                HEAL)
            .recoveringIn(BadDayWorld.VALIDITY.dividedBy(4)),
        new BadDay(
                "responder redirects in circles",
                world -> world.responder.fault(Fault.redirectLoop()),
                HEAL)
            .askingAtMost(150));
  }

  private static OcspAnswer forgedRevocation(OcspAnswer answer) {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    TestCertificate victim = TestCa.root("Forger").leaf("forged.test");
    return OcspAnswer.revoked(victim, now)
        .withSingles(answer.singles().get(0).status(new byte[] {(byte) 0xA1, 0x11, 0x18, 0x0F}))
        .signedBy(TestCa.root("Forger"));
  }

  private static OcspAnswer ofLongAgo(OcspAnswer answer) {
    Instant then = Instant.parse("2025-12-01T00:00:00Z");
    return answer.thisUpdate(then).nextUpdate(then.plus(BadDayWorld.VALIDITY));
  }

  private static Stream<BadDay> lies() {
    return Arrays.stream(Malformation.values())
        .map(lie -> {
          Fault fault = Fault.malformed(lie);
          String name = lie.name().toLowerCase(Locale.ROOT).replace('_', ' ');
          return new BadDay("lie: " + name, world -> world.responder.fault(fault), HEAL);
        });
  }

  private static Stream<BadDay> ways() {
    Act proxied = world -> world.proxy(world.itself());
    return Stream.of(
        new BadDay("DNS fails", world -> world.proxy(Proxy.NO_PROXY), proxied).throughProxy(),
        new BadDay(
                "proxy down",
                world ->
                    world.proxy(
                        new Proxy(
                            Proxy.Type.HTTP,
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 1))),
                proxied)
            .throughProxy(),
        new BadDay(
                "proxy unresolvable",
                world ->
                    world.proxy(
                        new Proxy(
                            Proxy.Type.HTTP,
                            InetSocketAddress.createUnresolved("nowhere.invalid", 3128))),
                proxied)
            .throughProxy(),
        new BadDay("proxy says HTTP 407", world -> world.responder.fault(Fault.http(407)), HEAL)
            .throughProxy(),
        new BadDay("proxy says HTTP 502", world -> world.responder.fault(Fault.http(502)), HEAL)
            .throughProxy(),
        new BadDay("proxy hangs", world -> world.responder.fault(Fault.hang()), HEAL)
            .throughProxy()
            .impatient());
  }

  private static Stream<BadDay> stores() {
    Stream<BadDay> troubles =
        Arrays.stream(Trouble.values())
            .filter(trouble -> trouble != Trouble.NONE)
            .map(trouble ->
                new BadDay(
                        "store " + trouble.title,
                        world -> world.store.is(trouble),
                        world -> world.store.is(Trouble.NONE))
                    .unfelt());
    return Stream.concat(troubles, directories());
  }

  private static Stream<BadDay> directories() {
    return Stream.of(
        new BadDay("store's directory vanished", world -> delete(world.directory), world -> {})
            .unfelt(),
        new BadDay(
                "store's directory replaced by a file",
                world -> {
                  delete(world.directory);
                  Files.writeString(world.directory, "in the way");
                },
                world -> Files.delete(world.directory))
            .unfelt(),
        new BadDay(
                "store's entries spoilt again and again, until the next renewal",
                BadDays::spoil,
                world -> {})
            .recoveringIn(BadDayWorld.VALIDITY)
            .changing(BadDays::spoil)
            .unfelt(),
        new BadDay(
            "store broken and responder down",
            world -> {
              world.store.is(Trouble.IS_BROKEN);
              world.responder.goDown();
            },
            world -> {
              world.store.is(Trouble.NONE);
              world.responder.comeUp();
            }));
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  private static void spoil(BadDayWorld world) throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    try (Stream<Path> files = Files.list(world.directory)) {
      for (Path file : files.toList()) {
        byte[] spoilt = Files.readAllBytes(file);
        random.nextBytes(spoilt);
        Files.write(file, spoilt);
      }
    }
  }

  private static Stream<BadDay> clocks() {
    Act right = BadDayWorld::putClockRight;
    return Stream.of(
        new BadDay("clock jumps a day ahead", world -> world.setClock(DAY), right).unfelt(),
        new BadDay("clock jumps a day back", world -> world.setClock(DAY.negated()), right)
            .unfelt(),
        new BadDay("clock drifts ahead, a minute in three hours", world -> {}, right)
            .lasting(Duration.ofDays(2), Duration.ofHours(3), 20)
            .changing(world -> world.setClock(Duration.ofMinutes(1)))
            .unfelt(),
        // A responder whose answers are in the future by more than the skew is not believed.
        new BadDay(
                "clock six minutes behind and drifting on",
                world -> world.setClock(Duration.ofMinutes(-6)),
                right)
            .changing(world -> world.setClock(Duration.ofMinutes(-1))));
  }

  private static Stream<BadDay> longTimes() {
    List<Fault> faults = List.copyOf(namedFaults().values());
    List<Fault> lies = Arrays.stream(Malformation.values()).map(Fault::malformed).toList();
    int[] hour = {0};
    return Stream.of(
        new BadDay("30 days, all well", world -> {}, world -> {})
            .lasting(Duration.ofDays(30), Duration.ofHours(12), 40)
            .unfelt(),
        new BadDay(
                "30 days, another fault or lie every two hours, and well every fourth time",
                world -> hour[0] = 0,
                HEAL)
            .lasting(Duration.ofDays(30), Duration.ofHours(2), 900)
            .changing(world -> {
              int now = hour[0]++;
              if (now % 4 == 3) {
                world.responder.heal();
              } else {
                List<Fault> some = now % 2 == 0 ? faults : lies;
                world.responder.fault(some.get(now / 2 % some.size()));
              }
            })
            .impatient()
            .unfelt());
  }
}
