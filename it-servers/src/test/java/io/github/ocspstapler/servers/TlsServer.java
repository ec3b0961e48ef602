package io.github.ocspstapler.servers;

import io.github.ocspstapler.Stapler;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.X509ExtendedKeyManager;

/** A server that somebody else wrote, stapled as the guide says. */
interface TlsServer {
  /** How the table calls it. */
  String name();

  /** The page of the guide that shows its lines. */
  String page();

  /** A class of the server: its jar's name tells the version. */
  Class<?> member();

  /** Starts it on a free port of 127.0.0.1. */
  Running start(Stapler stapler, X509ExtendedKeyManager keyManager) throws Exception;

  default String version() {
    String jar = String.valueOf(member().getProtectionDomain().getCodeSource().getLocation());
    Matcher version = Pattern.compile("-(\\d[\\w.]*)\\.jar$").matcher(jar);
    if (!version.find()) {
      throw new IllegalStateException("no version in " + jar);
    }
    return version.group(1);
  }

  /** One that runs. */
  interface Running {
    int port();

    /** Has it serve another certificate from now on, in the way that its documentation gives. */
    void renew(X509ExtendedKeyManager keyManager) throws Exception;

    void stop() throws Exception;
  }
}
