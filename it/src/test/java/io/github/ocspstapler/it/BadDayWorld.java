package io.github.ocspstapler.it;

import io.github.ocspstapler.Staple;
import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.VirtualTime;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.store.StapleStore;
import io.github.ocspstapler.testkit.ManualScheduler;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * One site with its CA, responder, store and stapler, on virtual time. The stapler's clock can be
 * set wrong; the CA's and the client's is the true one.
 */
final class BadDayWorld implements AutoCloseable {
  /**
   * How long an answer is valid. Half of it has passed, and a renewal is due, when a day is bad.
   */
  static final Duration VALIDITY = Duration.ofDays(3);

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  final ManualScheduler time = ManualScheduler.create();
  final TestResponder responder;
  final TestCertificate site;
  final Path directory;
  final TroubledStore store;
  final Stapler stapler;
  final StapleCheck check;
  private final VirtualTime virtual = new VirtualTime(time);
  private final Clock truth = new TrueClock();
  private final OcspClient client;
  private final OcspClient patient;
  private final X509ExtendedKeyManager wrapped;
  private volatile Duration wrong = Duration.ZERO;
  private volatile Proxy proxy;
  private volatile boolean isPatient = true;

  /**
   * Starts it, stapled, with a renewal due within hours.
   *
   * @param host the responder's host, which is asked through the responder as a proxy; empty for
   *     the responder's own address
   * @param timeout of a request while the world is not patient, in real time
   */
  BadDayWorld(Path directory, String host, Duration timeout) {
    this.directory = directory;
    this.store = new TroubledStore(StapleStore.directory(directory));
    TestCa ca = TestCa.builder("Bad Day Root").clock(truth).buildCa().intermediate("Bad Day CA");
    this.responder = TestResponder.builder().ca(ca).clock(truth).validity(VALIDITY).start();
    this.proxy = host.isEmpty() ? Proxy.NO_PROXY : itself();
    this.client = client(timeout);
    this.patient = client(PATIENCE);
    String url = host.isEmpty() ? responder.url("site") : "http://" + host + "/site";
    this.site =
        ca.leafBuilder("bad.day.test")
            .ocspUrls(url)
            .notBefore(now().minus(Duration.ofDays(2)))
            .notAfter(now().plus(Duration.ofDays(397)))
            .build();
    this.check = new StapleCheck(site.certificate(), ca.certificate());
    this.stapler = virtual.stapler(() -> isPatient ? patient : client, store).build();
    this.wrapped = stapler.wrap(site.keyManager());
    for (int i = 0; i < 20 && stapler.staple(site.certificate()).isEmpty(); i++) {
      time.advance(Duration.ofMinutes(1)); // the first request of a JVM takes long
    }
    time.advance(VALIDITY.dividedBy(2));
  }

  private OcspClient client(Duration timeout) {
    return OcspClient.builder()
        .clock(time.clock())
        .timeout(timeout)
        .connectTimeout(timeout)
        .proxy(new Switch())
        .build();
  }

  /** Sets whether answers come, and are waited for however busy the machine is. */
  void setPatient(boolean now) {
    isPatient = now;
  }

  /** The chain as the server sends it. */
  List<X509Certificate> chain() {
    return site.chain().subList(0, site.chain().size() - 1);
  }

  StapleStatus status() {
    return stapler.status(chain()).orElseThrow();
  }

  Staple staple() {
    return stapler.staple(site.certificate()).orElseThrow();
  }

  Instant now() {
    return truth.instant();
  }

  /** Sets the stapler's clock, and nobody else's. */
  void setClock(Duration by) {
    wrong = wrong.plus(by);
    time.jumpClock(by);
  }

  void putClockRight() {
    setClock(wrong.negated());
  }

  void proxy(Proxy now) {
    proxy = now;
  }

  /** The responder, which understands what is meant for a proxy. */
  Proxy itself() {
    SocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), responder.port());
    return new Proxy(Proxy.Type.HTTP, address);
  }

  TlsInMemory.Handshake shake(String protocol) throws Exception {
    return TlsInMemory.shake(wrapped, protocol);
  }

  /** Attempts, or HTTP requests if one attempt made several. */
  int asked() {
    return Math.max(virtual.asked(), responder.requestCount());
  }

  boolean isAsking() {
    return virtual.inFlight() > 0;
  }

  @Override
  public void close() {
    stapler.close();
    client.close();
    patient.close();
    responder.close();
  }

  private final class TrueClock extends Clock {
    @Override
    public Instant instant() {
      return time.now().minus(wrong);
    }

    @Override
    public ZoneId getZone() {
      return time.clock().getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  private final class Switch extends ProxySelector {
    @Override
    public List<Proxy> select(URI uri) {
      return List.of(proxy);
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException e) {}
  }
}
