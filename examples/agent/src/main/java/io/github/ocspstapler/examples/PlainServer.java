package io.github.ocspstapler.examples;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.File;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A server that knows nothing of staples. Started with {@code -javaagent:ocsp-stapler-agent.jar},
 * it is stapled.
 */
public final class PlainServer {
  private PlainServer() {}

  /** {@code KEYSTORE PASSWORD PORT}. */
  public static void main(String[] arguments) throws Exception {
    char[] password = arguments[1].toCharArray();
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(KeyStore.getInstance(new File(arguments[0]), password), password);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), null, null);

    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(Integer.parseInt(arguments[2])), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.start();

    System.out.println(server.getAddress().getPort() + " listening");
  }
}
