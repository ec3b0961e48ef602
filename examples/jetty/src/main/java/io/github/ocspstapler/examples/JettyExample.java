package io.github.ocspstapler.examples;

import io.github.ocspstapler.Stapler;
import java.io.File;
import java.security.KeyStore;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Jetty, as any server that takes an SSLContext. */
public final class JettyExample {
  private JettyExample() {}

  /** {@code KEYSTORE PASSWORD PORT}. */
  public static void main(String[] arguments) throws Exception {
    char[] password = arguments[1].toCharArray();
    int port = Integer.parseInt(arguments[2]);
    KeyStore keyStore = KeyStore.getInstance(new File(arguments[0]), password);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(keyStore, password);
    X509ExtendedKeyManager keyManager = (X509ExtendedKeyManager) keys.getKeyManagers()[0];

    Stapler stapler = Stapler.builder().build(); // before SSLContext.getInstance
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(new KeyManager[] {stapler.wrap(keyManager)}, null, null);
    boolean stapled = stapler.awaitStapled(Duration.ofSeconds(30)); // optional

    SslContextFactory.Server factory = new SslContextFactory.Server();
    factory.setSslContext(tls);
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server, factory);
    connector.setPort(port);
    server.addConnector(connector);
    server.start();

    System.out.println(connector.getLocalPort() + " stapled: " + stapled);
  }
}
