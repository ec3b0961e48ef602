package io.github.ocspstapler.testkit;

import static java.util.Objects.requireNonNull;

import io.github.ocspstapler.testkit.ResponderAnswers.Strangers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An OCSP responder on a free port of 127.0.0.1 that behaves, or misbehaves as it is told.
 *
 * <pre>{@code
 * TestCa ca = TestCa.root();
 * try (TestResponder responder = TestResponder.start(ca)) {
 *   TestCertificate site = ca.leaf("example.com", responder.url());
 *   ...
 *   responder.revoke(site, Instant.now(), 1);
 *   responder.goDown();
 *   ...
 * }
 * }</pre>
 *
 * <p>Every certificate of a CA it knows is good until told otherwise, even one that was never
 * issued; {@link #strangersUnknown()} and {@link #strangersUnauthorized()} change that. A request
 * about another CA is answered {@code unauthorized} (6). It takes GET and POST on any path, on
 * connections that stay open, and also requests meant for an HTTP proxy. Answers are signed by the
 * CA itself, or by its delegate if there is one, and carry the times of the responder's clock.
 *
 * <p>Thread-safe: everything can be switched while requests are under way, and applies to those
 * that are read afterwards. Waiting ({@link #latency}, {@link Fault#drip}) is in real time. Its
 * threads are daemons, one for each connection; {@link #close()} closes the port and every
 * connection.
 */
public final class TestResponder implements AutoCloseable {
  private final ResponderAnswers answers;
  private final RequestLog log;
  private final HttpListener listener;
  private final Clock clock;
  private final ResponderFaults faults = new ResponderFaults();
  private final HttpCacheHeaders headers = new HttpCacheHeaders();
  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile Duration latency = Duration.ZERO;
  private volatile boolean acceptGet = true;

  private TestResponder(Builder builder) {
    this.clock = builder.clock;
    this.answers = new ResponderAnswers(builder.clock, builder.signOnce);
    this.log = new RequestLog(builder.keptRequests);
    builder.cas.forEach(answers::add);
    builder.signers.forEach(answers::signer);
    answers.validity(builder.validity);
    try {
      this.listener = new HttpListener(builder.port, this::handle);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on port " + builder.port, e);
    }
  }

  /**
   * Starts a responder with the default settings.
   *
   * @param cas the CAs to answer for
   * @return a running responder
   */
  public static TestResponder start(TestCa... cas) {
    Builder builder = builder();
    Arrays.stream(cas).forEach(builder::ca);
    return builder.start();
  }

  /**
   * Returns a builder.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Adds a CA to answer for.
   *
   * @param ca the CA
   * @return this responder
   */
  public TestResponder add(TestCa ca) {
    answers.add(ca);
    return this;
  }

  /**
   * Sets who signs the answers for a CA's certificates.
   *
   * @param ca the CA, which is added if it is new
   * @param signer its delegate, or anybody; the CA itself with {@code ca.held()}
   * @return this responder
   */
  public TestResponder signer(TestCa ca, TestCertificate signer) {
    answers.signer(ca, signer);
    return this;
  }

  /**
   * Returns the responder's URL, for the authority information access of a certificate.
   *
   * @return {@code http://127.0.0.1:<port>/}
   */
  public String url() {
    return url("");
  }

  /**
   * Returns a URL of the responder.
   *
   * @param path what follows the first slash, for example {@code "ocsp/issuing-ca"}
   * @return {@code http://127.0.0.1:<port>/<path>}
   */
  public String url(String path) {
    return origin() + "/" + path;
  }

  /**
   * Returns the responder's URL.
   *
   * @return {@link #url()} as a URI
   */
  public URI uri() {
    return URI.create(url());
  }

  /**
   * Returns the port, which stays the same when the responder goes down and comes up.
   *
   * @return the port
   */
  public int port() {
    return listener.port();
  }

  // ---- what it says ----

  /**
   * Revokes a certificate.
   *
   * @param certificate the certificate
   * @param at when it was revoked
   * @param reason a {@code CRLReason} (RFC 5280 section 5.3.1), for example 1 for keyCompromise
   * @return this responder
   */
  public TestResponder revoke(TestCertificate certificate, Instant at, int reason) {
    return status(
        certificate, (issuer, serial) -> SingleAnswer.revoked(issuer, serial, at, reason));
  }

  /**
   * Revokes a certificate without a reason.
   *
   * @param certificate the certificate
   * @param at when it was revoked
   * @return this responder
   */
  public TestResponder revoke(TestCertificate certificate, Instant at) {
    return status(certificate, (issuer, serial) -> SingleAnswer.revoked(issuer, serial, at));
  }

  /**
   * Makes a certificate good again: the same as {@link #good}.
   *
   * @param certificate the certificate
   * @return this responder
   */
  public TestResponder unrevoke(TestCertificate certificate) {
    return good(certificate);
  }

  /**
   * Makes a certificate good, as it is unless told otherwise.
   *
   * @param certificate the certificate
   * @return this responder
   */
  public TestResponder good(TestCertificate certificate) {
    return status(certificate, SingleAnswer::good);
  }

  /**
   * Makes a certificate unknown.
   *
   * @param certificate the certificate
   * @return this responder
   */
  public TestResponder unknown(TestCertificate certificate) {
    return status(certificate, SingleAnswer::unknown);
  }

  /**
   * Makes every certificate unknown that it was not told about with {@link #good}, {@link #revoke}
   * or {@link #unknown}, as a responder with a list of what was issued does.
   *
   * @return this responder
   */
  public TestResponder strangersUnknown() {
    answers.strangers(Strangers.UNKNOWN);
    return this;
  }

  /**
   * Answers {@code unauthorized} (6) about every certificate that it was not told about with {@link
   * #good}, {@link #revoke} or {@link #unknown}, as a responder of prepared answers does (RFC 5019
   * section 2.2.3).
   *
   * @return this responder
   */
  public TestResponder strangersUnauthorized() {
    answers.strangers(Strangers.UNAUTHORIZED);
    return this;
  }

  /**
   * Makes every certificate good again that it was not told about, as they are unless told
   * otherwise.
   *
   * @return this responder
   */
  public TestResponder strangersGood() {
    answers.strangers(Strangers.GOOD);
    return this;
  }

  private TestResponder status(TestCertificate certificate, ResponderAnswers.Status status) {
    answers.status(CertKey.of(certificate), status);
    return this;
  }

  /**
   * Sets the time from thisUpdate to nextUpdate: 7 days unless set.
   *
   * @param validity any duration
   * @return this responder
   */
  public TestResponder validity(Duration validity) {
    answers.validity(requireNonNull(validity, "validity"));
    return this;
  }

  /**
   * Leaves nextUpdate out, until {@link #validity} is set.
   *
   * @return this responder
   */
  public TestResponder noNextUpdate() {
    answers.validity(null);
    return this;
  }

  /**
   * Sets the hash functions of CertIDs that it understands: all unless set. A request with another
   * is answered {@code unauthorized} (6).
   *
   * @param hashes the hash functions
   * @return this responder
   */
  public TestResponder acceptHashes(CertHash... hashes) {
    answers.acceptHashes(Set.of(hashes));
    return this;
  }

  /**
   * Sets whether each answer says the same with a SHA-1 and with a SHA-256 CertID, in this order.
   *
   * @param dual false unless set
   * @return this responder
   */
  public TestResponder dualAnswers(boolean dual) {
    answers.dual(dual);
    return this;
  }

  /**
   * Sets whether a request's nonce is put in its answer.
   *
   * @param echo true unless set
   * @return this responder
   */
  public TestResponder echoNonce(boolean echo) {
    answers.echoNonce(echo);
    return this;
  }

  // ---- how it fails ----

  /**
   * Closes the port and every connection: connecting is refused until {@link #comeUp()}. Does
   * nothing if it is down.
   *
   * @return this responder
   */
  public TestResponder goDown() {
    listener.shut();
    return this;
  }

  /**
   * Opens the same port again. Does nothing if it is up. Blocks for up to 5 seconds if another
   * process uses the port.
   *
   * @return this responder
   * @throws UncheckedIOException if the port stays in use
   * @throws IllegalStateException if the responder is closed
   */
  public TestResponder comeUp() {
    try {
      listener.open();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on port " + port() + " again", e);
    }
    return this;
  }

  /**
   * Returns whether the port is open.
   *
   * @return whether it is
   */
  public boolean isUp() {
    return listener.isOpen();
  }

  /**
   * Misbehaves on every request for which no fault of its own is set, in place of what was set so
   * before.
   *
   * @param fault what to do
   * @return this responder
   */
  public TestResponder fault(Fault fault) {
    faults.install(fault);
    return this;
  }

  /**
   * Misbehaves on every request about a certificate, in place of what was set for it before.
   *
   * @param certificate the certificate
   * @param fault what to do
   * @return this responder
   */
  public TestResponder fault(TestCertificate certificate, Fault fault) {
    faults.install(CertKey.of(certificate), fault);
    return this;
  }

  /**
   * Ends all faults. Exchanges that hang already go on hanging.
   *
   * @return this responder
   */
  public TestResponder heal() {
    faults.heal();
    return this;
  }

  /**
   * Ends the fault that was set for a certificate.
   *
   * @param certificate the certificate
   * @return this responder
   */
  public TestResponder heal(TestCertificate certificate) {
    faults.heal(CertKey.of(certificate));
    return this;
  }

  /**
   * Waits before each answer, and before each fault.
   *
   * @param latency how long, in real time; none unless set
   * @return this responder
   */
  public TestResponder latency(Duration latency) {
    this.latency = requireNonNull(latency, "latency");
    return this;
  }

  /**
   * Sets whether GET is understood; if not, it is answered with HTTP 405.
   *
   * @param accept true unless set
   * @return this responder
   */
  public TestResponder acceptGet(boolean accept) {
    this.acceptGet = accept;
    return this;
  }

  // ---- HTTP caching ----

  /**
   * Sends a header with each OCSP answer, in place of the responder's own of that name.
   *
   * @param name its name
   * @param value its value
   * @return this responder
   */
  public TestResponder header(String name, String value) {
    headers.header(name, value);
    return this;
  }

  /**
   * Sends {@code Cache-Control: max-age}.
   *
   * @param maxAge its value, to the second
   * @return this responder
   */
  public TestResponder maxAge(Duration maxAge) {
    headers.maxAge(requireNonNull(maxAge, "maxAge"));
    return this;
  }

  /**
   * Sends {@code Expires}.
   *
   * @param expires the time from now to its value
   * @return this responder
   */
  public TestResponder expires(Duration expires) {
    headers.expires(requireNonNull(expires, "expires"));
    return this;
  }

  /**
   * Sends {@code Age}.
   *
   * @param age its value, to the second
   * @return this responder
   */
  public TestResponder age(Duration age) {
    headers.age(requireNonNull(age, "age"));
    return this;
  }

  /**
   * Lies in the {@code Date} header, which is always sent.
   *
   * @param skew the time from now to its value, negative for the past
   * @return this responder
   */
  public TestResponder dateSkew(Duration skew) {
    headers.dateSkew(requireNonNull(skew, "skew"));
    return this;
  }

  /**
   * Sets whether {@code ETag} is sent, and a GET whose {@code If-None-Match} matches is answered
   * 304. Answers are then signed once, as with {@link Builder#signOnce()}.
   *
   * @param on false unless set
   * @return this responder
   */
  public TestResponder etags(boolean on) {
    headers.etags(on);
    return this;
  }

  /**
   * Sets whether {@code Last-Modified} is sent, the answer's producedAt, and a GET whose {@code
   * If-Modified-Since} is not before it is answered 304. Answers are then signed once, as with
   * {@link Builder#signOnce()}.
   *
   * @param on false unless set
   * @return this responder
   */
  public TestResponder lastModified(boolean on) {
    headers.lastModified(on);
    return this;
  }

  /**
   * Forgets what {@link #header}, {@link #maxAge}, {@link #expires}, {@link #age}, {@link
   * #dateSkew}, {@link #etags} and {@link #lastModified} set.
   *
   * @return this responder
   */
  public TestResponder clearHeaders() {
    headers.clear();
    return this;
  }

  // ---- what it saw ----

  /**
   * Returns the requests so far, redirected ones each time: the last 100,000, or as many as {@link
   * Builder#keptRequests} says.
   *
   * @return an immutable copy, the oldest first
   */
  public List<RecordedRequest> requests() {
    return log.requests();
  }

  /**
   * Returns the number of requests so far, those that are no longer kept included.
   *
   * @return their number
   */
  public int requestCount() {
    return log.count();
  }

  /**
   * Waits until there were so many requests.
   *
   * @param count how many since the start or {@link #clearRequests()}
   * @param limit how long to wait, in real time
   * @return whether there were
   */
  public boolean awaitRequests(int count, Duration limit) {
    return log.await(count, limit);
  }

  /**
   * Forgets the requests so far, and counts from zero.
   *
   * @return this responder
   */
  public TestResponder clearRequests() {
    log.clear();
    return this;
  }

  /**
   * Returns the number of requests that were read and not answered yet, hanging ones included.
   *
   * @return their number
   */
  public int inFlight() {
    return inFlight.get();
  }

  /**
   * Returns the number of bytes of HTTP bodies that were sent so far.
   *
   * @return their number
   */
  public long bytesSent() {
    return listener.bytesSent();
  }

  /**
   * Returns the number of TCP connections that were accepted so far.
   *
   * @return their number
   */
  public int connectionCount() {
    return listener.acceptedConnections();
  }

  /** Closes the port and every connection, for good. */
  @Override
  public void close() {
    listener.close();
  }

  private String origin() {
    return "http://127.0.0.1:" + port();
  }

  private void handle(HttpExchange exchange) throws IOException, InterruptedException {
    RecordedRequest request =
        RecordedRequest.of(
            exchange.method, exchange.target, exchange.headers, exchange.body, clock.instant());
    inFlight.incrementAndGet();
    log.add(request);
    try {
      exchange.pause(latency);
      Fault now = request.target().contains(Fault.HOP) ? null : faults.next(answers.keys(request));
      if (now != null) {
        now.run(exchange, new Normal(exchange, request));
      } else {
        behave(exchange, request);
      }
    } finally {
      inFlight.decrementAndGet();
    }
  }

  private void behave(HttpExchange exchange, RecordedRequest request) throws IOException {
    boolean get = exchange.method.equals("GET");
    if (get ? !acceptGet : !exchange.method.equals("POST")) {
      exchange.header("Allow", get ? "POST" : "GET, POST");
      exchange.respond(405, "text/plain", new byte[0]);
      return;
    }
    int hop = exchange.target.indexOf(Fault.HOP);
    if (hop >= 0) {
      String rest = exchange.target.substring(hop + Fault.HOP.length());
      int slash = rest.indexOf('/');
      int left = Integer.parseInt(rest.substring(0, slash));
      if (left > 0) {
        Fault.redirect(exchange, origin() + Fault.HOP + (left - 1) + rest.substring(slash));
        return;
      }
    }
    new Normal(exchange, request).send(answers.encoded(request, headers.haveValidators()));
  }

  /** A certificate as CertIDs name it, whatever their hash function. */
  record CertKey(TestCa issuer, BigInteger serialNumber) {
    static CertKey of(TestCertificate certificate) {
      return new CertKey(
          certificate.issuer().orElseGet(() -> new TestCa(certificate)),
          certificate.serialNumber());
    }
  }

  private final class Normal implements Fault.Healthy {
    private final HttpExchange exchange;
    private final RecordedRequest request;

    Normal(HttpExchange exchange, RecordedRequest request) {
      this.exchange = exchange;
      this.request = request;
    }

    @Override
    public OcspAnswer answer() {
      return answers.answer(request);
    }

    @Override
    public void send(byte[] der) throws IOException {
      headers.addTo(exchange, clock.instant(), der);
      boolean unchanged = exchange.method.equals("GET") && headers.isUnchanged(exchange, der);
      exchange.respond(unchanged ? 304 : 200, "application/ocsp-response", der);
    }

    @Override
    public String origin() {
      return TestResponder.this.origin();
    }
  }

  /** Collects the settings of a {@link TestResponder}. Not thread-safe. */
  public static final class Builder {
    private final List<TestCa> cas = new ArrayList<>();
    private final Map<TestCa, TestCertificate> signers = new LinkedHashMap<>();
    private Clock clock = Clock.systemUTC();
    private @Nullable Duration validity = Duration.ofDays(7);
    private int port;
    private boolean signOnce;
    private int keptRequests = 100_000;

    private Builder() {}

    /**
     * Adds a CA to answer for.
     *
     * @param ca the CA
     * @return this builder
     */
    public Builder ca(TestCa ca) {
      cas.add(requireNonNull(ca, "ca"));
      return this;
    }

    /**
     * Adds a CA to answer for, and sets who signs the answers for its certificates.
     *
     * @param ca the CA
     * @param signer its delegate, or anybody
     * @return this builder
     */
    public Builder signer(TestCa ca, TestCertificate signer) {
      signers.put(ca(ca).cas.get(cas.size() - 1), requireNonNull(signer, "signer"));
      return this;
    }

    /**
     * Sets the clock of thisUpdate, nextUpdate, producedAt, the HTTP dates and the recorded
     * requests: the system's unless set.
     *
     * @param clock tells now
     * @return this builder
     */
    public Builder clock(Clock clock) {
      this.clock = requireNonNull(clock, "clock");
      return this;
    }

    /**
     * Sets the time from thisUpdate to nextUpdate: 7 days unless set.
     *
     * @param validity any duration
     * @return this builder
     */
    public Builder validity(Duration validity) {
      this.validity = requireNonNull(validity, "validity");
      return this;
    }

    /**
     * Leaves nextUpdate out.
     *
     * @return this builder
     */
    public Builder noNextUpdate() {
      this.validity = null;
      return this;
    }

    /**
     * Sets the port: a free one unless set.
     *
     * @param port 0 for a free one, or 1..65535
     * @return this builder
     */
    public Builder port(int port) {
      this.port = port;
      return this;
    }

    /**
     * Signs an answer once and sends it again, until half of its validity is over or anything is
     * changed on the responder: for benchmarks, and as large responders do. An answer with a nonce
     * is signed anew in any case.
     *
     * @return this builder
     */
    public Builder signOnce() {
      this.signOnce = true;
      return this;
    }

    /**
     * Sets how many of the latest requests are kept: 100,000 unless set.
     *
     * @param keptRequests zero or more
     * @return this builder
     */
    public Builder keptRequests(int keptRequests) {
      this.keptRequests = keptRequests;
      return this;
    }

    /**
     * Starts the responder.
     *
     * @return a running responder
     * @throws UncheckedIOException if the port is in use
     */
    public TestResponder start() {
      return new TestResponder(this);
    }
  }
}
