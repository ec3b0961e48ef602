package io.github.ocspstapler.it;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * An HTTPS server that knows nothing of stapling: {@code PORT KEYSTORE}, which it loads anew for
 * each request of {@code /reload}, or {@code PORT} for the JVM's default context.
 */
final class PlainServerProgram {
  static final String READY = "serving";

  private PlainServerProgram() {}

  public static void main(String[] arguments) throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(loopback, Integer.parseInt(arguments[0])), 0);
    if (arguments.length == 1) {
      server.setHttpsConfigurator(new HttpsConfigurator(SSLContext.getDefault()));
    } else {
      Path keyStore = Path.of(arguments[1]);
      // Before there is any key manager: the order that an agent is least prepared for.
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(keyManagers(keyStore), null, null);
      server.setHttpsConfigurator(new HttpsConfigurator(tls));
      server.createContext(
          "/reload",
          exchange -> {
            try (exchange) {
              tls.init(keyManagers(keyStore), null, null);
              exchange.sendResponseHeaders(204, -1);
            } catch (GeneralSecurityException e) {
              throw new IOException(e);
            }
          });
    }
    server.start();
    System.out.println(READY);
  }

  private static KeyManager[] keyManagers(Path keyStore)
      throws GeneralSecurityException, IOException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keyStore)) {
      keys.load(in, "changeit".toCharArray());
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, "changeit".toCharArray());
    return factory.getKeyManagers();
  }
}
