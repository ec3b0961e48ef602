package io.github.ocspstapler.examples;

import io.github.ocspstapler.Stapler;
import java.io.File;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.apache.tomcat.util.net.jsse.JSSEUtil;

/** Tomcat, embedded, with a key store as Tomcat is configured anyway. */
public final class TomcatExample {
  private TomcatExample() {}

  /** {@code KEYSTORE PASSWORD PORT}. */
  public static void main(String[] arguments) throws Exception {
    Stapler stapler = Stapler.builder().build();

    SSLHostConfig host = new SSLHostConfig();
    SSLHostConfigCertificate certificate =
        new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
    certificate.setCertificateKeystoreFile(new File(arguments[0]).toURI().toString());
    certificate.setCertificateKeystorePassword(arguments[1]);
    certificate.setCertificateKeystoreType("PKCS12");
    certificate.setSslContext(new Stapling(certificate, stapler).createSSLContext(List.of()));
    host.addCertificate(certificate);

    Connector connector = new Connector();
    connector.setPort(Integer.parseInt(arguments[2]));
    Http11NioProtocol protocol = (Http11NioProtocol) connector.getProtocolHandler();
    protocol.setSSLEnabled(true);
    protocol.addSslHostConfig(host);
    Tomcat tomcat = new Tomcat();
    tomcat.setConnector(connector);
    tomcat.start();

    boolean stapled = stapler.awaitStapled(Duration.ofSeconds(30));
    System.out.println(connector.getLocalPort() + " stapled: " + stapled);
  }

  /** Tomcat's own reading of the certificate's attributes, its key manager wrapped. */
  private static final class Stapling extends JSSEUtil {
    private final Stapler stapler;

    Stapling(SSLHostConfigCertificate certificate, Stapler stapler) {
      super(certificate);
      this.stapler = stapler;
    }

    @Override
    public KeyManager[] getKeyManagers() throws Exception {
      return new KeyManager[] {stapler.wrap((X509ExtendedKeyManager) super.getKeyManagers()[0])};
    }
  }
}
