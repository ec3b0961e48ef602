package io.github.ocspstapler.it;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.testkit.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;

/** The JDK's HttpsServer on a free port, its key manager wrapped by a stapler, as users do it. */
final class StapledServer implements AutoCloseable {
  private final HttpsServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(4);

  private StapledServer(HttpsServer server) {
    this.server = server;
  }

  static StapledServer start(Stapler stapler, TestCertificate certificate) {
    return start(stapler, certificate.keyManager());
  }

  static StapledServer start(Stapler stapler, X509ExtendedKeyManager keyManager) {
    try {
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(new KeyManager[] {stapler.wrap(keyManager)}, null, null);
      HttpsServer https =
          HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      https.setHttpsConfigurator(new HttpsConfigurator(tls));
      https.createContext(
          "/",
          exchange -> {
            byte[] body = "stapled\n".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      StapledServer started = new StapledServer(https);
      https.setExecutor(started.threads);
      https.start();
      return started;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
