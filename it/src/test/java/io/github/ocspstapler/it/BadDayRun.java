package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.it.Verdict.Check;
import io.github.ocspstapler.store.StoredStaple;
import io.github.ocspstapler.testsupport.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** One bad day from morning to evening. */
final class BadDayRun {
  /** A fetch in the handshake would take longer: the JDK's gives up after five seconds. */
  private static final long PROMPT = TimeUnit.SECONDS.toNanos(4);

  /** So many more objects of a class are no leak: a day has more attempts. */
  private static final int FLAT = 20;

  private static final Pattern OURS = Pattern.compile("ocsp-|HttpClient-");

  private final BadDay day;
  private final Verdict verdict;
  private int handshakes;
  private final Set<Thread> threadsBefore = ourThreads();

  BadDayRun(BadDay day) {
    this.day = day;
    this.verdict = new Verdict(day.requests, day.recoversIn);
  }

  Verdict run(Path folder) throws Exception {
    Path directory = Files.createTempDirectory(folder, "store").resolve("staples");
    try (BadDayWorld world = new BadDayWorld(directory, day.host, day.timeout)) {
      shake(world, true);
      LiveObjects before = LiveObjects.count();
      goThrough(world);
      recover(world);
      Optional<String> grown = LiveObjects.count().grown(before, FLAT);
      verdict.that(Check.FLAT, grown.isEmpty(), grown.orElse(""));
      closeInTheMiddle(world);
    }
    return verdict;
  }

  private void goThrough(BadDayWorld world) throws Exception {
    int asked = world.asked();
    int failures = 0;
    day.begin.on(world);
    world.setPatient(false);
    for (Duration passed = Duration.ZERO;
        passed.compareTo(day.lasts) < 0;
        passed = passed.plus(day.step)) {
      world.time.advance(day.step);
      shake(world, day.staysStapled);
      failures = Math.max(failures, world.status().failuresInARow());
      day.pass.on(world);
    }
    int meanwhile = world.asked() - asked;
    verdict.that(Check.BOUNDED, meanwhile <= day.requests, meanwhile + " requests");
    if (day.isFelt) {
      assertThat(failures).as("the fault was felt").isPositive();
    }
  }

  private void shake(BadDayWorld world, boolean mustBeStapled) throws Exception {
    int asked = world.asked();
    TlsInMemory.Handshake handshake = world.shake(handshakes++ % 2 == 0 ? "TLSv1.3" : "TLSv1.2");
    String millis = TimeUnit.NANOSECONDS.toMillis(handshake.nanos()) + " ms";
    verdict.that(Check.NO_DELAY, handshake.nanos() < PROMPT, millis);
    if (handshake.isStapled()) {
      Optional<String> problem = world.check.problem(handshake.staple(), world.now());
      String when = " at " + world.now();
      verdict.that(Check.RIGHT_STAPLE, problem.isEmpty(), problem.orElse("") + when);
    } else {
      String why = world.status().lastError().orElse("") + " at " + world.now();
      verdict.that(Check.STAYS_STAPLED, !mustBeStapled, "bare: " + why);
    }
    verdict.that(Check.NO_DELAY, world.asked() == asked, "the handshake asked");
  }

  private void recover(BadDayWorld world) throws Exception {
    day.end.on(world);
    world.setPatient(true);
    world.time.advance(day.recoversIn);
    StapleStatus status = world.status();
    boolean well =
        status.state() == StapleStatus.State.STAPLED
            && status.failuresInARow() == 0
            && status.lastError().isEmpty();
    verdict.that(Check.RECOVERS, well, String.valueOf(status));
    shake(world, true);
    verdict.that(Check.RECOVERS, isStored(world), "the store has another staple or none");
  }

  private static boolean isStored(BadDayWorld world) throws Exception {
    byte[] certificate = world.site.certificate().getEncoded();
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate);
    Optional<StoredStaple> stored = world.store.load(HexFormat.of().formatHex(digest));
    byte[] held = world.staple().encoded();
    return stored.map(found -> Arrays.equals(found.response(), held)).orElse(false);
  }

  /** Once more the fault begins, and the stapler is closed while it asks. */
  private void closeInTheMiddle(BadDayWorld world) throws Exception {
    day.begin.on(world);
    CompletableFuture<StapleStatus> told = world.stapler.refresh(world.chain());
    CompletableFuture<Void> running = CompletableFuture.runAsync(world.time::runDue);
    while (!world.isAsking() && !running.isDone()) {
      Thread.onSpinWait();
    }
    verdict.closes(world);
    running.get(60, TimeUnit.SECONDS);
    verdict.that(Check.CLOSES, told.isDone(), "somebody still waits for an answer");
    Eventually.until(() -> threadsBefore.containsAll(ourThreads()));
  }

  private static Set<Thread> ourThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> OURS.matcher(thread.getName()).lookingAt())
        .collect(Collectors.toSet());
  }
}
