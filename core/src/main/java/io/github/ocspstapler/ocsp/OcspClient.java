package io.github.ocspstapler.ocsp;

import static io.github.ocspstapler.ocsp.ClientSettings.askable;
import static io.github.ocspstapler.ocsp.ClientSettings.between;

import io.github.ocspstapler.internal.http.ClientThreads;
import io.github.ocspstapler.internal.http.HttpExchanges;
import io.github.ocspstapler.internal.http.PinnedAddresses;
import java.math.BigInteger;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.security.auth.x500.X500Principal;

/**
 * Asks OCSP responders about certificates and verifies what they answer (RFC 6960, RFC 9919).
 *
 * {@snippet :
 * try {
 *   OcspResponse response = OcspClient.create().query(certificate, issuer);
 *   if (response.status() instanceof Revoked revoked) alert(certificate, revoked.at());
 * } catch (OcspException.Rejected e) { // forged, stale, or about another certificate
 *   alert(certificate, e);
 * } catch (OcspException e) { // no answer: try later
 *   retryLater(e.responder());
 * }
 * }
 *
 * <p><b>Whom it asks.</b> The responders that the certificate names, in its order, but the one that
 * worked last first; or those configured in their place. One after the other, until one gives an
 * answer that passes verification. If none does, the most telling failure is thrown: an answer that
 * is refused for what it says ({@link OcspException.Rejected}), before a refusal in the words of
 * OCSP ({@link OcspException.Refused}; {@code unauthorized} before others), before bytes that are
 * no OCSP response, before an HTTP status, before silence ({@link OcspException.Unreachable}); the
 * first of equals. The others are its suppressed exceptions.
 *
 * <p><b>How it asks.</b> By GET if the whole URL has at most 255 bytes, else by POST. If the
 * responder does not understand the GET (a status of 4xx other than 401, 407, 408, 425 and 429, or
 * 500 or 501; {@code malformedRequest}; or a body that is no OCSP response), by POST, and from then
 * on. If it answers {@code unauthorized} or {@code malformedRequest}, with the next of {@link
 * Builder#certIdHashes}; the hash that worked is tried first from then on. An answer that has
 * expired, and that came through a cache or a proxy, is asked for once more past them ({@code
 * no-cache}). Redirects keep the method, except for 303, and may lead from https to http and back:
 * what counts is the response's own signature.
 *
 * <p><b>Bounds.</b> {@link Builder#timeout} bounds the time from asking one responder to the
 * outcome: waiting for a thread of the client, name look-up, redirects, repetitions and waiting to
 * be verified included, however slowly the bytes come. A query of a certificate that names several
 * responders may take as many times as long. Not bounded is what this JVM does itself once it has
 * the processor, such as checking a signature. A name look-up that hangs is given up, but holds its
 * thread, one per host, until the operating system ends it; while 16 hosts hang so, requests to
 * others wait and may time out. Of a body, no more than {@link Builder#maxResponseBytes} is kept,
 * and the connection is dropped when it goes on. How many queries run at once is the caller's
 * decision.
 *
 * <p><b>Threads and lifecycle.</b> Thread-safe; make one and share it. Its few threads are daemons,
 * start with the first query and end after some seconds without one, so that a client which is
 * dropped without {@link #close} costs nothing. {@link #verify} starts none.
 */
public final class OcspClient implements AutoCloseable {
  private final Asker asker;
  private final ResponseVerifier verifier;

  private OcspClient(ClientSettings settings) {
    verifier =
        new ResponseVerifier(
            settings.clock,
            settings.clockSkew,
            settings.maxAgeWithoutNextUpdate,
            settings.allowSha1Signatures,
            List.copyOf(settings.trustedResponders),
            settings.provider);
    ClientThreads threads = new ClientThreads();
    HttpExchanges exchanges =
        new HttpExchanges(
            settings.http(threads),
            threads.exchanges(),
            settings.clock,
            settings.maxResponseBytes,
            settings.maxRedirects);
    asker =
        new Asker(
            threads,
            exchanges,
            new ResponderChoice(settings.byIssuer, settings.byHost),
            verifier,
            settings.certIdHashes,
            settings.nonce,
            settings.timeout,
            settings.clock,
            settings.clockSkew);
  }

  /**
   * Returns a client with all defaults.
   *
   * @return a new client
   */
  public static OcspClient create() {
    return builder().build();
  }

  /**
   * Returns a builder with all defaults.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Asks about a certificate and waits for the answer.
   *
   * <p>Blocks until the outcome is there: at most {@link Builder#timeout} for each responder that
   * is asked. If the thread is interrupted, the exchange is aborted and the thread's interrupt flag
   * is set.
   *
   * @param certificate the certificate
   * @param issuer the certificate of the CA that issued it
   * @return the verified answer: good, revoked or unknown
   * @throws OcspException if there is no trustworthy answer; also, and without asking, if the
   *     certificate has expired or names no responder
   */
  public OcspResponse query(X509Certificate certificate, X509Certificate issuer)
      throws OcspException {
    return Asker.await(queryAsync(certificate, issuer), null);
  }

  /**
   * Asks about a certificate without waiting.
   *
   * <p>Does not block. The returned future fails with an {@link OcspException}, as {@link #query}
   * throws it. Completing it in any way, by {@code cancel} or {@code orTimeout} for example, aborts
   * the exchange. What is attached to it runs on a thread of the client, or on the one that cancels
   * the future or closes the client, and must not block: it would hold up other queries, and if
   * many do, even beyond their time-outs.
   *
   * @param certificate the certificate
   * @param issuer the certificate of the CA that issued it
   * @return the future of the verified answer
   */
  public CompletableFuture<OcspResponse> queryAsync(
      X509Certificate certificate, X509Certificate issuer) {
    Objects.requireNonNull(certificate, "certificate");
    Objects.requireNonNull(issuer, "issuer");
    return asker.ask(certificate, issuer, null);
  }

  /**
   * Asks for the successor of an answer at hand, without waiting: the responder that sent it may
   * say that there is none ({@code If-None-Match}, RFC 9110), instead of sending it again.
   *
   * <p>Otherwise as {@link #queryAsync}. If there is none, the answer at hand is verified anew, as
   * of now, and returned; if it does not pass, the responder is asked once more without a
   * condition. With {@link Builder#nonce}, by POST, and at other responders, the condition is left
   * out.
   *
   * @param certificate the certificate
   * @param issuer the certificate of the CA that issued it
   * @param held the bytes of the answer at hand ({@link OcspResponse#encoded()})
   * @param validator what came with it ({@link OcspResponse#httpValidator()})
   * @return the future of the verified answer: another one, or one with the same bytes
   */
  public CompletableFuture<OcspResponse> refreshAsync(
      X509Certificate certificate, X509Certificate issuer, byte[] held, HttpValidator validator) {
    Objects.requireNonNull(certificate, "certificate");
    Objects.requireNonNull(issuer, "issuer");
    Objects.requireNonNull(validator, "validator");
    return asker.ask(certificate, issuer, new Asker.Held(held, validator));
  }

  /**
   * How a responder likes to be asked, as far as this client has learned.
   *
   * <p>Immutable and thread-safe.
   *
   * @param needsPost whether it did not understand a GET, and then understood a POST
   * @param certIdHash the hash of the CertID that it understood last
   */
  public record Learned(boolean needsPost, Optional<CertIdHash> certIdHash) {}

  /**
   * Returns what this client has learned about a responder. Does not block.
   *
   * @param responder the responder's URL
   * @return what is remembered, which may be nothing
   */
  public Learned learned(URI responder) {
    return asker.learned(Objects.requireNonNull(responder, "responder"));
  }

  /**
   * Sends a request and returns what comes back, <em>unverified</em>: give it to {@link #verify}.
   *
   * <p>Sent as by {@link #query}, by POST also after a GET that meets an HTTP status which blames
   * the request. Blocks like it.
   *
   * @param request the request
   * @param responder the responder's URL: http or https
   * @return the body of an HTTP answer with status 200, which may be anything
   * @throws OcspException if there is none: {@link OcspException.Unreachable}, {@link
   *     OcspException.Refused} for an HTTP status, {@link OcspException.Rejected} for a body that
   *     is too large
   * @throws IllegalArgumentException if the URL is not one to ask
   */
  public byte[] queryRaw(OcspRequest request, URI responder) throws OcspException {
    Objects.requireNonNull(request, "request");
    URI url = askable(responder, "responder");
    return Asker.await(asker.askRaw(request, url), url);
  }

  /**
   * Verifies a response that came from elsewhere.
   *
   * <p>Does not block and starts no thread.
   *
   * @param response the response's bytes
   * @param certificate the certificate it must be about
   * @param issuer the certificate of the CA that issued it
   * @return the verified answer
   * @throws OcspException.Refused if the response is an error status
   * @throws OcspException.Rejected if it must not be believed
   */
  public OcspResponse verify(byte[] response, X509Certificate certificate, X509Certificate issuer)
      throws OcspException {
    Objects.requireNonNull(response, "response");
    Objects.requireNonNull(certificate, "certificate");
    Objects.requireNonNull(issuer, "issuer");
    return verifier.verify(response, Question.about(certificate, issuer), null, HttpFreshness.NONE);
  }

  /**
   * Verifies a response as above, about a certificate of which only the serial number is at hand.
   *
   * @param response the response's bytes
   * @param serialNumber the serial number of the certificate it must be about
   * @param issuer the certificate of the CA that issued it
   * @return the verified answer
   * @throws OcspException.Refused if the response is an error status
   * @throws OcspException.Rejected if it must not be believed
   */
  public OcspResponse verify(byte[] response, BigInteger serialNumber, X509Certificate issuer)
      throws OcspException {
    Objects.requireNonNull(response, "response");
    Objects.requireNonNull(serialNumber, "serialNumber");
    Objects.requireNonNull(issuer, "issuer");
    return verifier.verify(
        response, Question.about(serialNumber, issuer), null, HttpFreshness.NONE);
  }

  /**
   * Returns the URLs that a query asks, in the order in which it would ask them now.
   *
   * <p>Does not block.
   *
   * @param certificate the certificate
   * @param issuer the certificate of the CA that issued it
   * @return the http and https URLs; empty if the certificate names none, or if they are disabled
   */
  public List<URI> responders(X509Certificate certificate, X509Certificate issuer) {
    Objects.requireNonNull(certificate, "certificate");
    Objects.requireNonNull(issuer, "issuer");
    return asker.responders(certificate);
  }

  /**
   * Ends the client: queries under way fail with {@link OcspException.Unreachable.Reason#CLOSED},
   * as do later ones, and its threads and connections end. {@link #verify} still works.
   *
   * <p>Takes at most a second, also while a responder hangs. A caller's own {@link
   * Builder#httpClient} stays open.
   */
  @Override
  public void close() {
    asker.close();
  }

  /**
   * Configures a client. Not thread-safe. Every setter returns the builder itself, and throws
   * {@link IllegalArgumentException} for a value out of its range.
   */
  public static final class Builder {
    private final ClientSettings settings = new ClientSettings(Clock.systemUTC());

    private Builder() {}

    /**
     * Sets where the time comes from. Default: the system's clock.
     *
     * @param clock the clock that answers are compared with
     * @return this
     */
    public Builder clock(Clock clock) {
      settings.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /**
     * Sets how far this clock and a responder's may differ. Default: {@value
     * ClientSettings#CLOCK_SKEW_MINUTES} minutes.
     *
     * @param skew zero or more
     * @return this
     */
    public Builder clockSkew(Duration skew) {
      settings.clockSkew = between(skew, Duration.ZERO, "clockSkew");
      return this;
    }

    /**
     * Sets how long after its {@code thisUpdate} an answer without {@code nextUpdate} is believed.
     * Default: {@value ClientSettings#MAX_AGE_HOURS} hour.
     *
     * @param maxAge zero refuses such answers, as RFC 9919 asks
     * @return this
     */
    public Builder maxAgeWithoutNextUpdate(Duration maxAge) {
      settings.maxAgeWithoutNextUpdate = between(maxAge, Duration.ZERO, "maxAgeWithoutNextUpdate");
      return this;
    }

    /**
     * Sets how long a connection may take to come about. Default: {@value
     * ClientSettings#CONNECT_SECONDS} seconds. With a {@link #httpClient} of the caller's, that
     * client's own setting counts instead.
     *
     * @param timeout more than zero
     * @return this
     */
    public Builder connectTimeout(Duration timeout) {
      settings.connectTimeout = between(timeout, Duration.ofMillis(1), "connectTimeout");
      return this;
    }

    /**
     * Sets how long one responder may take until the outcome is known: waiting for a thread,
     * looking up its name, connecting, redirects, a POST after a GET, another hash, every byte of
     * the answers, and waiting to be verified. A query takes at most as many times as long as there
     * are responders to ask. Default: {@value ClientSettings#TIMEOUT_SECONDS} seconds.
     *
     * @param timeout more than zero
     * @return this
     */
    public Builder timeout(Duration timeout) {
      settings.timeout = between(timeout, Duration.ofMillis(1), "timeout");
      return this;
    }

    /**
     * Sets the largest body that is read. Default: {@value ClientSettings#RESPONSE_BYTES} bytes.
     *
     * @param bytes 1 to {@value ClientSettings#MAX_RESPONSE_BYTES}
     * @return this
     */
    public Builder maxResponseBytes(int bytes) {
      settings.maxResponseBytes =
          between(bytes, 1, ClientSettings.MAX_RESPONSE_BYTES, "maxResponseBytes");
      return this;
    }

    /**
     * Sets how many redirects are followed. Default: {@value ClientSettings#REDIRECTS}.
     *
     * @param redirects 0 to {@value ClientSettings#MAX_REDIRECTS}
     * @return this
     */
    public Builder maxRedirects(int redirects) {
      settings.maxRedirects = between(redirects, 0, ClientSettings.MAX_REDIRECTS, "maxRedirects");
      return this;
    }

    /**
     * Sets the hash functions by which a certificate is named, in the order in which they are
     * tried. Default: SHA-1, by which most responders index their answers, then SHA-256.
     *
     * @param first the one to begin with
     * @param then the ones to go on with if the responder does not know the certificate by it
     * @return this
     */
    public Builder certIdHashes(CertIdHash first, CertIdHash... then) {
      Set<CertIdHash> seen = EnumSet.of(first);
      List<CertIdHash> hashes = new ArrayList<>(List.of(first));
      for (CertIdHash hash : then) {
        if (!seen.add(hash)) {
          throw new IllegalArgumentException("certIdHashes: " + hash + " (expected: each once)");
        }
        hashes.add(hash);
      }
      settings.certIdHashes = List.copyOf(hashes);
      return this;
    }

    /**
     * Sets whether requests carry a nonce of 32 random bytes (RFC 9654). Default: no, since it
     * makes every cache useless, and most public responders ignore it.
     *
     * <p>An answer with a different nonce is refused, one without is accepted.
     *
     * @param nonce whether to send one
     * @return this
     */
    public Builder nonce(boolean nonce) {
      settings.nonce = nonce;
      return this;
    }

    /**
     * Sets the responders that are asked about an issuer's certificates instead of those they name.
     *
     * @param issuer the name of the CA
     * @param responders http and https URLs in the order to ask; none to disable OCSP for this CA
     * @return this
     */
    public Builder respondersOf(X500Principal issuer, List<URI> responders) {
      settings.byIssuer.put(Objects.requireNonNull(issuer, "issuer"), askable(responders));
      return this;
    }

    /**
     * Sets the responders that are asked instead of those at a host; what is set for an issuer
     * comes first.
     *
     * @param host the host of the URL that certificates name, without port
     * @param responders http and https URLs in the order to ask; none to disable this host
     * @return this
     */
    public Builder respondersOf(String host, List<URI> responders) {
      Objects.requireNonNull(host, "host");
      if (host.isBlank() || host.contains("/")) {
        throw new IllegalArgumentException("host: " + host + " (expected: like ocsp.example.com)");
      }
      settings.byHost.put(host.toLowerCase(Locale.ROOT), askable(responders));
      return this;
    }

    /**
     * Adds a certificate whose key may sign answers about any CA's certificates (RFC 6960 section
     * 4.2.2.2, the local configuration of trust). Default: none.
     *
     * @param responder the responder's certificate
     * @return this
     */
    public Builder trustedResponder(X509Certificate responder) {
      settings.trustedResponders.add(Objects.requireNonNull(responder, "responder"));
      return this;
    }

    /**
     * Refuses responders whose address is not of the public Internet: loopback, private,
     * link-local, shared, reserved, multicast. Default: not, since private PKI has its responders
     * there.
     *
     * <p>For whoever asks about certificates that strangers hand in. It also holds after redirects
     * and if a name resolves differently the second time: every connection goes to the very address
     * that was checked. That works for http only, so https responders are refused. Excludes {@link
     * #httpClient} and {@link #proxy}; the JVM's own proxy settings are not used.
     *
     * @return this
     */
    public Builder refusePrivateAddresses() {
      settings.refusePrivateAddresses = true;
      return this;
    }

    /** Sets what looks up names while private addresses are refused. */
    Builder resolver(PinnedAddresses.Resolver resolver) {
      settings.resolver = resolver;
      return this;
    }

    /**
     * Sets the HTTP client to use, which stays the caller's and is not closed. Default: one of this
     * client's own, made for the first query.
     *
     * <p>Its proxy, authenticator, TLS settings and connect time-out hold; time-outs and limits of
     * this client hold as well. Its executor must have threads to spare.
     *
     * @param httpClient a client that follows no redirects itself
     * @return this
     * @throws IllegalArgumentException if it does follow redirects, which would get round the
     *     limits
     */
    public Builder httpClient(HttpClient httpClient) {
      if (httpClient.followRedirects() != HttpClient.Redirect.NEVER) {
        throw new IllegalArgumentException(
            "httpClient: follows redirects "
                + httpClient.followRedirects()
                + " (expected: NEVER, redirects are followed here, within the limits)");
      }
      settings.httpClient = httpClient;
      return this;
    }

    /**
     * Sets what chooses the HTTP proxy of each request. Default: the JVM's {@link
     * ProxySelector#getDefault}, which heeds {@code http.proxyHost} and the like. Excludes {@link
     * #httpClient}, which brings its own.
     *
     * @param proxy for example {@link ProxySelector#of}
     * @return this
     */
    public Builder proxy(ProxySelector proxy) {
      settings.proxy = Objects.requireNonNull(proxy, "proxy");
      return this;
    }

    /**
     * Sets the JCA provider that reads certificates and checks signatures. Default: whichever the
     * JVM prefers.
     *
     * @param provider for example one for FIPS 140
     * @return this
     */
    public Builder provider(Provider provider) {
      settings.provider = Objects.requireNonNull(provider, "provider");
      return this;
    }

    /**
     * Accepts answers that are signed with SHA-1, for which forgeries can be made. Default: they
     * are refused.
     *
     * @return this
     */
    public Builder dangerouslyAllowSha1Signatures() {
      settings.allowSha1Signatures = true;
      return this;
    }

    /**
     * Returns a client with these settings; later changes of the builder do not reach it.
     *
     * @return a new client
     * @throws IllegalStateException if settings exclude each other
     */
    public OcspClient build() {
      settings.check();
      return new OcspClient(settings);
    }
  }
}
