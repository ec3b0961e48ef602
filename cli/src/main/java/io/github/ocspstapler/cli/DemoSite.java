package io.github.ocspstapler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.status.StatusMetrics;
import io.github.ocspstapler.status.StatusServer;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;

/**
 * A whole world on the loopback interface: a throw-away CA with an intermediate, its OCSP
 * responder, and an HTTPS server that is stapled by this library. Close it to end all of it.
 */
final class DemoSite implements AutoCloseable {
  static final String HOST = "localhost";

  private final TestCa root;
  private final TestResponder responder;
  private final TestCertificate leaf;
  private final Stapler stapler;
  private final HttpsServer server;
  private final ExecutorService workers;
  private final StatusServer status;

  private DemoSite(
      TestCa root,
      TestResponder responder,
      TestCertificate leaf,
      Stapler stapler,
      HttpsServer server,
      ExecutorService workers,
      StatusServer status) {
    this.root = root;
    this.responder = responder;
    this.leaf = leaf;
    this.stapler = stapler;
    this.server = server;
    this.workers = workers;
    this.status = status;
  }

  /**
   * Starts everything.
   *
   * @param port of the HTTPS server, or 0 for a free one
   * @param statusPort of the status page, or 0 for a free one
   * @throws InputException if a port cannot be had
   */
  static DemoSite start(int port, int statusPort) throws InputException {
    TestCa root = TestCa.root("OCSP Stapler demo root");
    TestResponder responder = TestResponder.start(root);
    TestCa intermediate = root.intermediate("OCSP Stapler demo intermediate", responder.url());
    responder.add(intermediate);
    TestCertificate leaf =
        intermediate.leafBuilder(HOST).sans(HOST, "127.0.0.1").ocspUrls(responder.url()).build();
    // Of all others, lint would rightly say that they were never issued and are called good.
    responder.good(intermediate.held()).good(leaf).strangersUnauthorized();
    // Before the SSLContext: the JDK reads its stapling settings when a context is made.
    StatusMetrics metrics = StatusMetrics.create();
    Stapler stapler = Stapler.builder().metrics(metrics).build();
    ExecutorService workers = Executors.newCachedThreadPool(DemoSite::daemon);
    StatusServer status;
    try {
      status = StatusServer.builder(stapler).metrics(metrics).port(statusPort).start();
    } catch (IOException e) {
      stop(stapler, responder, workers);
      throw new InputException("status port: " + statusPort + ": " + e.getMessage(), e);
    }
    try {
      HttpsServer server = serve(port, stapler, leaf, workers);
      return new DemoSite(root, responder, leaf, stapler, server, workers, status);
    } catch (BindException e) {
      status.close();
      stop(stapler, responder, workers);
      throw new InputException("port: " + port + ": " + e.getMessage(), e);
    } catch (IOException | GeneralSecurityException e) {
      status.close();
      stop(stapler, responder, workers);
      throw new IllegalStateException("the HTTPS server did not start: " + e.getMessage(), e);
    }
  }

  private static HttpsServer serve(
      int port, Stapler stapler, TestCertificate leaf, ExecutorService workers)
      throws IOException, GeneralSecurityException {
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(new KeyManager[] {stapler.wrap(leaf.keyManager())}, null, null);
    InetAddress loopback = InetAddress.getByAddress(HOST, new byte[] {127, 0, 0, 1});
    HttpsServer server = HttpsServer.create(new InetSocketAddress(loopback, port), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.setExecutor(workers);
    server.createContext("/", DemoSite::answer);
    server.start();
    return server;
  }

  private static void answer(HttpExchange exchange) throws IOException {
    byte[] body = "This connection was stapled by OCSP Stapler for Java.\n".getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "demo-https");
    thread.setDaemon(true);
    return thread;
  }

  /** Waits until both certificates are stapled; false if the time is up. */
  boolean awaitStapled(Duration timeout) throws InterruptedException {
    return stapler.awaitStapled(timeout);
  }

  InetSocketAddress address() {
    return server.getAddress();
  }

  /** The status page. */
  URI status() {
    return status.uri();
  }

  TestResponder responder() {
    return responder;
  }

  TestCertificate leaf() {
    return leaf;
  }

  /** The chain as it is served: the server's certificate, the intermediate, the root. */
  List<X509Certificate> chain() {
    return leaf.chain();
  }

  String rootPem() {
    return root.held().pem();
  }

  Stapler stapler() {
    return stapler;
  }

  /** What the stapler knows of the certificates that can be stapled, the server's first. */
  List<StapleStatus> statuses() {
    return chain().stream()
        .flatMap(c -> stapler.statuses().stream().filter(s -> s.certificate().equals(c)))
        .filter(s -> s.state() != StapleStatus.State.UNSTAPLEABLE)
        .toList();
  }

  @Override
  public void close() {
    status.close();
    server.stop(0);
    stop(stapler, responder, workers);
  }

  private static void stop(Stapler stapler, TestResponder responder, ExecutorService workers) {
    workers.shutdownNow();
    stapler.close();
    responder.close();
  }
}
