package io.github.ocspstapler.testkit;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * A way in which a {@link TestResponder} can misbehave.
 *
 * <pre>{@code
 * responder.fault(Fault.hang());
 * responder.fault(site, Fault.http(503, Duration.ofMinutes(10)).times(2));
 * responder.heal();
 * }</pre>
 *
 * <p>Immutable and thread-safe. All waiting is in real time.
 */
public final class Fault {
  /** What happens instead of the healthy answer. */
  interface Action {
    void run(HttpExchange exchange, Healthy healthy) throws IOException, InterruptedException;
  }

  /** What the responder would have done. */
  interface Healthy {
    /** The answer before it is signed. */
    OcspAnswer answer();

    /** Sends an answer with the responder's cache headers. */
    void send(byte[] der) throws IOException;

    /** The responder's own URL, without a slash at its end. */
    String origin();
  }

  static final String HOP = "/.hop/";
  private static final String OCSP = "application/ocsp-response";

  private final String description;
  private final int times;
  private final Action action;

  private Fault(String description, int times, Action action) {
    this.description = description;
    this.times = times;
    this.action = action;
  }

  private static Fault of(String description, Action action) {
    return new Fault(description, Integer.MAX_VALUE, action);
  }

  /**
   * Takes the request and never answers, until the client gives up or the responder goes down.
   *
   * @return the fault
   */
  public static Fault hang() {
    return of("hangs", (exchange, healthy) -> exchange.hang());
  }

  /**
   * Sends the right answer, one byte at a time.
   *
   * @param interval the time before each byte
   * @return the fault
   */
  public static Fault drip(Duration interval) {
    requireNonNull(interval, "interval");
    return of(
        "drips a byte each " + interval,
        (exchange, healthy) -> exchange.drip(healthy.answer().der(), interval));
  }

  /**
   * Takes the request and resets the connection (TCP RST).
   *
   * @return the fault
   */
  public static Fault reset() {
    return of("resets the connection", (exchange, healthy) -> exchange.reset());
  }

  /**
   * Sends half of the right answer and closes the connection.
   *
   * @return the fault
   */
  public static Fault cutOff() {
    return of(
        "cuts the answer off", (exchange, healthy) -> exchange.cutOff(healthy.answer().der()));
  }

  /**
   * Answers with an HTTP status and a short text.
   *
   * @param status for example 500
   * @return the fault
   */
  public static Fault http(int status) {
    return of("HTTP " + status, (exchange, healthy) -> sorry(exchange, status));
  }

  /**
   * Answers with an HTTP status and a {@code Retry-After} header.
   *
   * @param status for example 429
   * @param retryAfter the header's value, to the second
   * @return the fault
   */
  public static Fault http(int status, Duration retryAfter) {
    String seconds = Long.toString(retryAfter.toSeconds());
    return of(
        "HTTP " + status + ", Retry-After: " + seconds,
        (exchange, healthy) -> {
          exchange.header("Retry-After", seconds);
          sorry(exchange, status);
        });
  }

  /**
   * Answers 200 with a web page, as captive portals do.
   *
   * @return the fault
   */
  public static Fault html() {
    byte[] page =
        "<!doctype html><title>Sign in</title><p>Please accept the terms of this network."
            .getBytes(StandardCharsets.UTF_8);
    return of(
        "HTML with HTTP 200",
        (exchange, healthy) -> exchange.respond(200, "text/html; charset=utf-8", page));
  }

  /**
   * Answers 200 with a body of zeros, chunked, so that its size is not announced.
   *
   * @param size how many bytes
   * @return the fault
   */
  public static Fault hugeBody(long size) {
    return of("a body of " + size + " bytes", (exchange, healthy) -> exchange.flood(size));
  }

  /**
   * Redirects to another path of the responder a number of times, and then answers.
   *
   * @param hops how many redirects, at least 1
   * @return the fault
   */
  public static Fault redirect(int hops) {
    if (hops < 1) {
      throw new IllegalArgumentException("hops: " + hops + " (expected: 1 or more)");
    }
    return of(
        hops + " redirects",
        (exchange, healthy) ->
            redirect(
                exchange,
                healthy.origin() + HOP + (hops - 1) + pathOf(exchange, healthy.origin())));
  }

  /**
   * Redirects each request to its own URL.
   *
   * @return the fault
   */
  public static Fault redirectLoop() {
    return of(
        "a redirect loop",
        (exchange, healthy) ->
            redirect(exchange, healthy.origin() + pathOf(exchange, healthy.origin())));
  }

  /**
   * Redirects to a URL.
   *
   * @param url the {@code Location}, any text of one line
   * @return the fault
   */
  public static Fault redirectTo(String url) {
    requireNonNull(url, "url");
    return of("a redirect to " + url, (exchange, healthy) -> redirect(exchange, url));
  }

  /**
   * Answers with an OCSP error status.
   *
   * @param responseStatus 1 malformedRequest, 2 internalError, 3 tryLater, 5 sigRequired, 6
   *     unauthorized; any other number is written as well
   * @return the fault
   */
  public static Fault error(int responseStatus) {
    return answer(answer -> OcspAnswer.error(responseStatus));
  }

  /**
   * Answers with something made of the right answer.
   *
   * @param change makes the answer to send of the right one; called for each request, in a thread
   *     of the responder
   * @return the fault
   */
  public static Fault answer(UnaryOperator<OcspAnswer> change) {
    requireNonNull(change, "change");
    return of(
        "another answer",
        (exchange, healthy) -> healthy.send(change.apply(healthy.answer()).der()));
  }

  /**
   * Answers with a malformed but, unless it says otherwise, correctly signed answer.
   *
   * @param malformation what is wrong with it
   * @return the fault
   */
  public static Fault malformed(Malformation malformation) {
    return answer(malformation);
  }

  /**
   * Answers 200, as OCSP, with any bytes.
   *
   * @param body the bytes
   * @return the fault
   */
  public static Fault bytes(byte[] body) {
    byte[] copy = body.clone();
    return of(
        copy.length + " fixed bytes", (exchange, healthy) -> exchange.respond(200, OCSP, copy));
  }

  /**
   * Returns a fault that ends by itself.
   *
   * @param requests after how many requests
   * @return a changed copy
   */
  public Fault times(int requests) {
    if (requests < 1) {
      throw new IllegalArgumentException("requests: " + requests + " (expected: 1 or more)");
    }
    return new Fault(description, requests, action);
  }

  int times() {
    return times;
  }

  void run(HttpExchange exchange, Healthy healthy) throws IOException, InterruptedException {
    action.run(exchange, healthy);
  }

  @Override
  public String toString() {
    return "Fault[" + description + (times < Integer.MAX_VALUE ? ", " + times + " times]" : "]");
  }

  static void redirect(HttpExchange exchange, String location) throws IOException {
    exchange.header("Location", location);
    // 307 keeps the method, which RFC 9110 15.4.3 does not promise of 302.
    exchange.respond(exchange.method.equals("GET") ? 302 : 307, "text/plain", new byte[0]);
  }

  private static String pathOf(HttpExchange exchange, String origin) {
    String target = exchange.target;
    return target.startsWith(origin) ? target.substring(origin.length()) : target;
  }

  private static void sorry(HttpExchange exchange, int status) throws IOException {
    exchange.respond(
        status, "text/plain", ("HTTP " + status + "\n").getBytes(StandardCharsets.US_ASCII));
  }
}
