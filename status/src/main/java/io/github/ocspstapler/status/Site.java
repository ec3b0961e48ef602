package io.github.ocspstapler.status;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.Stapler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Answers each request. Thread-safe; does not block but for its reader. */
final class Site {
  private static final Logger LOG = System.getLogger("io.github.ocspstapler.status");

  private static final Pattern REFRESH = Pattern.compile("/api/staples/([0-9a-f]{64})/refresh");
  private static final long REFRESH_PAUSE_NANOS = 1_000_000_000;

  private static final Map<String, String> ALWAYS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
              + " img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
          "X-Content-Type-Options",
          "nosniff",
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cache-Control",
          "no-store",
          // The JDK's server writes head and body apart; on a connection that stays, Nagle's
          // algorithm holds the body back for some 40 ms.
          "Connection",
          "close");

  private final Stapler stapler;
  private final Access access;
  private final Listing listing;
  private final Documents documents;
  private final LongSupplier nanoTime;
  private final AtomicLong refreshedAt;
  private final Map<String, Asset> assets =
      Map.of(
          "/", new Asset("page.html", "text/html; charset=utf-8"),
          "/app.js", new Asset("app.js", "text/javascript; charset=utf-8"),
          "/app.css", new Asset("app.css", "text/css; charset=utf-8"),
          "/icon.svg", new Asset("icon.svg", "image/svg+xml"));

  Site(
      Stapler stapler, Access access, Listing listing, Documents documents, LongSupplier nanoTime) {
    this.stapler = stapler;
    this.access = access;
    this.listing = listing;
    this.documents = documents;
    this.nanoTime = nanoTime;
    this.refreshedAt = new AtomicLong(nanoTime.getAsLong() - REFRESH_PAUSE_NANOS);
  }

  /** A file of the page: nothing secret, the same for everybody. */
  private static final class Asset {
    final byte[] content;
    final String type;

    Asset(String name, String type) {
      this.type = type;
      try (InputStream in = Site.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException(name + " is missing in this jar");
        }
        this.content = in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Reply reply;
      try {
        reply = answer(exchange);
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "The status page failed: " + exchange.getRequestURI(), e);
        reply = Reply.problem(500, "a fault of the status page; the log says more");
      }
      send(exchange, reply);
    }
  }

  private static void send(HttpExchange exchange, Reply reply) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    ALWAYS.forEach(headers::set);
    reply.headers.forEach(headers::set);
    if (exchange.getRequestMethod().equals("HEAD")) {
      headers.set("Content-Length", Integer.toString(reply.body.length));
      exchange.sendResponseHeaders(reply.status, -1);
      return;
    }
    exchange.sendResponseHeaders(reply.status, reply.body.length);
    exchange.getResponseBody().write(reply.body);
  }

  private Reply answer(HttpExchange exchange) {
    if (!isForUs(exchange.getRequestHeaders().get("Host"))) {
      return Reply.problem(421, "this server does not go by the name in the Host header");
    }
    String path = exchange.getRequestURI().getPath();
    String method = exchange.getRequestMethod();
    Matcher refresh = REFRESH.matcher(path);
    if (refresh.matches()) {
      return method.equals("POST")
          ? refresh(refresh.group(1), authorization(exchange))
          : notAllowed("POST");
    }
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return notAllowed("GET, HEAD");
    }
    Asset asset = assets.get(path);
    if (asset != null) {
      return new Reply(200, asset.type, asset.content);
    }
    return switch (path) {
      // What a probe may know without a token: neither names nor reasons.
      case "/health/live" -> Reply.json(200, new Json().text("status", "UP"));
      case "/health/ready" -> documents.ready();
      default -> data(exchange, path);
    };
  }

  private boolean isForUs(@Nullable List<String> hosts) {
    return hosts != null && hosts.size() == 1 && access.isOurs(hosts.get(0));
  }

  private Reply data(HttpExchange exchange, String path) {
    if (!access.mayRead(authorization(exchange))) {
      return unauthorised();
    }
    return switch (path) {
      case "/health" -> Reply.json(documents.ready().status, documents.health());
      case "/api/summary" -> Reply.json(200, documents.summary(access.anybodyMayAct()));
      case "/api/staples" -> staples(exchange.getRequestURI().getRawQuery());
      case "/metrics" -> metrics(exchange.getRequestHeaders().getFirst("Accept"));
      default -> Reply.problem(404, "there is nothing here");
    };
  }

  private Reply staples(@Nullable String query) {
    try {
      return Reply.json(200, documents.staples(Query.parse(query)));
    } catch (Query.Unreadable e) {
      return Reply.problem(400, "" + e.getMessage());
    }
  }

  private Reply metrics(@Nullable String accept) {
    boolean open = MetricsText.asksForOpenMetrics(accept);
    String type = open ? MetricsText.OPEN_METRICS : MetricsText.PROMETHEUS;
    return Reply.text(200, type, documents.metrics(open));
  }

  private Reply refresh(String fingerprint, @Nullable String authorization) {
    if (!access.anybodyMayAct()) {
      return Reply.problem(403, "read-only: this server was started without a token");
    }
    if (!access.mayAct(authorization)) {
      return unauthorised();
    }
    // Before anything is looked for: that reads every certificate.
    long now = nanoTime.getAsLong();
    long before = refreshedAt.get();
    if (now - before < REFRESH_PAUSE_NANOS || !refreshedAt.compareAndSet(before, now)) {
      return Reply.problem(429, "one certificate a second").header("Retry-After", "1");
    }
    Optional<StapleStatus> row = listing.find(fingerprint);
    if (row.isEmpty()) {
      return Reply.problem(404, "no certificate with this fingerprint is kept");
    }
    var unused = stapler.refresh(row.get().certificate());
    listing.expire();
    return Reply.json(202, new Json().text("asking", row.get().name()));
  }

  private static @Nullable String authorization(HttpExchange exchange) {
    return exchange.getRequestHeaders().getFirst("Authorization");
  }

  private static Reply unauthorised() {
    return Reply.problem(401, "a token is needed").header("WWW-Authenticate", "Bearer");
  }

  private static Reply notAllowed(String methods) {
    return Reply.problem(405, "expected: " + methods).header("Allow", methods);
  }
}
