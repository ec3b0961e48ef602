package io.github.ocspstapler.examples;

import io.github.ocspstapler.Stapler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.KeyCertOptions;
import java.io.File;
import java.security.KeyStore;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/** Vert.x on the JDK's TLS. */
public final class VertxExample {
  private VertxExample() {}

  /** {@code KEYSTORE PASSWORD PORT}. */
  public static void main(String[] arguments) throws Exception {
    char[] password = arguments[1].toCharArray();
    int port = Integer.parseInt(arguments[2]);
    KeyStore keyStore = KeyStore.getInstance(new File(arguments[0]), password);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(keyStore, password);
    X509ExtendedKeyManager keyManager = (X509ExtendedKeyManager) keys.getKeyManagers()[0];

    Stapler stapler = Stapler.builder().build();
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setSslEngineOptions(new JdkSSLEngineOptions().setUseWorkerThread(true))
            .setKeyCertOptions(KeyCertOptions.wrap(stapler.wrap(keyManager)));
    boolean stapled = stapler.awaitStapled(Duration.ofSeconds(30)); // optional

    HttpServer server =
        Vertx.vertx()
            .createHttpServer(options)
            .requestHandler(request -> request.response().end("stapled\n"));
    server.listen(port).await();

    System.out.println(server.actualPort() + " stapled: " + stapled);
  }
}
