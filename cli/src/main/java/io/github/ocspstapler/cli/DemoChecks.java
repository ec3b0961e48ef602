package io.github.ocspstapler.cli;

import io.github.ocspstapler.StapleStatus;
import java.io.PrintWriter;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import picocli.CommandLine.Help.Ansi;

/** {@code demo --once}: the promises, one line each, held or not. */
final class DemoChecks {
  private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int KEY_COMPROMISE = 1;

  private final DemoSite site;
  private final DemoClient client;
  private final PrintWriter out;
  private final Ansi ansi;
  private boolean allHeld = true; // confined to the one thread that runs them

  DemoChecks(DemoSite site, PrintWriter out, Ansi ansi) {
    this.site = site;
    List<X509Certificate> chain = site.chain();
    this.client = new DemoClient(site.address(), chain.get(chain.size() - 1));
    this.out = out;
    this.ansi = ansi;
  }

  /** Something that holds, or throws. */
  private interface Promise {
    void check() throws Exception;
  }

  /** Runs them all; true if all held. */
  boolean run() {
    check(
        "both certificates are stapled before the first handshake",
        () ->
            require(site.awaitStapled(PATIENCE), "still not after " + PATIENCE.toSeconds() + " s"));
    int requests = site.responder().requestCount();
    for (String protocol : PROTOCOLS) {
      check(
          protocol + ": server and intermediate stapled; the JDK's hard-fail check agrees",
          () -> requireStapled(protocol));
    }
    check(
        "no handshake made a request to the responder",
        () -> require(site.responder().requestCount() == requests, "there was one"));
    site.responder().goDown();
    for (String protocol : PROTOCOLS) {
      check(
          protocol + ": still stapled while the responder is down", () -> requireStapled(protocol));
    }
    site.responder().comeUp();
    site.responder().revoke(site.leaf(), Instant.now(), KEY_COMPROMISE);
    check("the stapler learns that the certificate is revoked", this::learnRevocation);
    for (String protocol : PROTOCOLS) {
      check(protocol + ": no longer stapled once revoked", () -> requireBare(protocol));
      check(protocol + ": a hard-failing client turns away", () -> requireRefusal(protocol));
    }
    return allHeld;
  }

  private void requireStapled(String protocol) throws Exception {
    List<byte[]> staples = client.handshake(protocol, DemoClient.Revocation.HARD_FAIL);
    DemoClient.requireGood(staples, site.chain());
  }

  private void learnRevocation() throws Exception {
    StapleStatus status = site.stapler().refresh(site.chain()).get(10, TimeUnit.SECONDS);
    require(status.state() == StapleStatus.State.REVOKED, "its state is " + status.state());
  }

  /** The JDK keeps its own copy of a staple for a second here, see {@link DemoCommand}. */
  private void requireBare(String protocol) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (DemoClient.isStapled(client.handshake(protocol, DemoClient.Revocation.NOT_CHECKED), 0)) {
      require(System.nanoTime() < deadline, "still stapled after " + PATIENCE.toSeconds() + " s");
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private void requireRefusal(String protocol) throws Exception {
    try {
      client.handshake(protocol, DemoClient.Revocation.HARD_FAIL);
    } catch (SSLException expected) {
      return;
    }
    throw new IllegalStateException("it did not");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }

  private void check(String sentence, Promise promise) {
    try {
      promise.check();
      out.println(ansi.string("@|green ok|@      ") + sentence);
    } catch (Exception e) {
      allHeld = false;
      out.println(
          ansi.string("@|bold,red FAILED|@  ")
              + sentence
              + ": "
              + Printable.of("" + e.getMessage()));
    }
    out.flush();
  }
}
