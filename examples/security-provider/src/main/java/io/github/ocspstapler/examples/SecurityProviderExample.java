package io.github.ocspstapler.examples;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.jsse.OcspStaplerProvider;
import java.io.File;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import java.security.Security;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Code that loads its keys itself, and out of reach: whatever it loads is stapled. */
public final class SecurityProviderExample {
  private SecurityProviderExample() {}

  /** {@code KEYSTORE PASSWORD PORT}. */
  public static void main(String[] arguments) throws Exception {
    char[] password = arguments[1].toCharArray();
    KeyStore keyStore = KeyStore.getInstance(new File(arguments[0]), password);
    int port = Integer.parseInt(arguments[2]);

    Stapler stapler = Stapler.builder().build();
    Security.insertProviderAt(new OcspStaplerProvider(stapler), 1);

    HttpsServer server = serverOfSomebodyElse(keyStore, password, port);
    boolean stapled = stapler.awaitStapled(Duration.ofSeconds(30)); // optional
    server.start();

    System.out.println(server.getAddress().getPort() + " stapled: " + stapled);
  }

  /** It has never heard of staples. */
  private static HttpsServer serverOfSomebodyElse(KeyStore keyStore, char[] password, int port)
      throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(keyStore, password);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), null, null);
    HttpsServer server = HttpsServer.create(new InetSocketAddress(port), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    return server;
  }
}
