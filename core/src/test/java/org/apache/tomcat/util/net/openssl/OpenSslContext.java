package org.apache.tomcat.util.net.openssl;

import java.security.PrivateKey;
import javax.net.ssl.X509KeyManager;

/** Takes the key out of a key manager as Tomcat's context of this package does. */
public final class OpenSslContext {
  private OpenSslContext() {}

  public static PrivateKey takeKey(X509KeyManager keys, String alias) {
    return keys.getPrivateKey(alias);
  }
}
