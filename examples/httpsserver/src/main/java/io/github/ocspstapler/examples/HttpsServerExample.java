package io.github.ocspstapler.examples;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.store.StapleStore;
import java.io.File;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;

/** The JDK's HttpsServer, with staples that survive a restart. */
public final class HttpsServerExample {
  private HttpsServerExample() {}

  /** {@code KEYSTORE PASSWORD PORT STAPLES}: a key store, and a folder for staples. */
  public static void main(String[] arguments) throws Exception {
    char[] password = arguments[1].toCharArray();
    int port = Integer.parseInt(arguments[2]);
    KeyStore keyStore = KeyStore.getInstance(new File(arguments[0]), password);
    Path staples = Path.of(arguments[3]);

    // guide: httpsserver.md
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(keyStore, password);
    X509ExtendedKeyManager keyManager = (X509ExtendedKeyManager) factory.getKeyManagers()[0];

    Stapler stapler = // before SSLContext.getInstance
        Stapler.builder().store(StapleStore.directory(staples)).build();
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(new KeyManager[] {stapler.wrap(keyManager)}, null, null);
    boolean stapled = stapler.awaitStapled(Duration.ofSeconds(30)); // optional

    HttpsServer server = HttpsServer.create(new InetSocketAddress(port), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.start();
    // end

    System.out.println(server.getAddress().getPort() + " stapled: " + stapled);
  }
}
