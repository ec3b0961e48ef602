package io.github.ocspstapler.servers;

import io.github.ocspstapler.Stapler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.apache.tomcat.util.net.jsse.JSSEUtil;

final class EmbeddedTomcat implements TlsServer {
  @Override
  public String name() {
    return "Tomcat, embedded";
  }

  @Override
  public String page() {
    return "tomcat-embedded.md";
  }

  @Override
  public Class<?> member() {
    return Tomcat.class;
  }

  @Override
  public Running start(Stapler stapler, X509ExtendedKeyManager keyManager) throws Exception {
    Path folder = Files.createDirectories(Path.of("target/tomcat")).toAbsolutePath();
    int port = 0;

    // guide: tomcat-embedded.md
    SSLHostConfig host = stapledHost(stapler, keyManager);
    Connector connector = new Connector("org.apache.coyote.http11.Http11NioProtocol");
    connector.setPort(port);
    connector.setSecure(true);
    connector.setScheme("https");
    Http11NioProtocol protocol = (Http11NioProtocol) connector.getProtocolHandler();
    protocol.setSSLEnabled(true);
    protocol.addSslHostConfig(host);
    // end

    connector.setProperty("address", "127.0.0.1");
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(folder.toString());
    tomcat.setConnector(connector);
    tomcat.addContext("", folder.toString());
    tomcat.start();
    return new Running() {
      @Override
      public int port() {
        return connector.getLocalPort();
      }

      @Override
      public void renew(X509ExtendedKeyManager newKeyManager) throws Exception {
        // guide: tomcat-embedded.md
        SSLHostConfig next = stapledHost(stapler, newKeyManager);
        protocol.addSslHostConfig(next, true); // replaces the one of the same host name
        // end
      }

      @Override
      public void stop() throws Exception {
        tomcat.stop();
        tomcat.destroy();
      }
    };
  }

  // guide: tomcat-embedded.md
  private static SSLHostConfig stapledHost(Stapler stapler, X509ExtendedKeyManager keyManager)
      throws Exception {
    SSLHostConfig host = new SSLHostConfig(); // one for each host name (SNI): setHostName
    SSLHostConfigCertificate certificate =
        new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
    JSSEUtil jsse =
        new JSSEUtil(certificate) {
          @Override
          public KeyManager[] getKeyManagers() {
            return new KeyManager[] {stapler.wrap(keyManager)};
          }
        };
    certificate.setSslContext(jsse.createSSLContext(List.of()));
    host.addCertificate(certificate);
    return host;
  }
  // end
}
