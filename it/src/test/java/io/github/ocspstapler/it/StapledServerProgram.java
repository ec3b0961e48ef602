package io.github.ocspstapler.it;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.store.StapleStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/** A stapled HTTPS server with a store: {@code KEYSTORE STORE}. Says its port, and when stapled. */
final class StapledServerProgram {
  static final char[] PASSWORD = "changeit".toCharArray();

  private StapledServerProgram() {}

  public static void main(String[] arguments) throws Exception {
    Stapler stapler = Stapler.builder().store(StapleStore.directory(Path.of(arguments[1]))).build();
    StapledServer server = StapledServer.start(stapler, keyManager(Path.of(arguments[0])));
    System.out.println(server.port());
  }

  private static X509ExtendedKeyManager keyManager(Path keyStore) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keyStore)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(keys, PASSWORD);
    for (KeyManager manager : factory.getKeyManagers()) {
      if (manager instanceof X509ExtendedKeyManager found) {
        return found;
      }
    }
    throw new IOException("no key manager in " + keyStore);
  }
}
