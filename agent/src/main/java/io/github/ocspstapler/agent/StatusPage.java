package io.github.ocspstapler.agent;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.StaplerMetrics;
import io.github.ocspstapler.status.StatusMetrics;
import io.github.ocspstapler.status.StatusServer;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A status page as the operator wants it, which opens once its stapler is built. */
final class StatusPage {
  private final StatusMetrics metrics = StatusMetrics.create();
  private final int port;
  private final InetAddress address;
  private final Optional<String> token;
  private final boolean readersToo;
  private final List<String> hostNames;

  private StatusPage(Settings settings, int port) {
    this.port = port;
    this.address =
        settings.get("status-address", InetAddress.getLoopbackAddress(), StatusPage::address);
    this.token = settings.get("status-token", Optional.empty(), Optional::of);
    this.readersToo = settings.get("status-require-token", false, Settings::bool);
    this.hostNames = settings.get("status-host-names", List.of(), StatusPage::names);
  }

  /** Reads the settings; empty if none is wanted: there is no port, or one that cannot be used. */
  static Optional<StatusPage> of(Settings settings) {
    Optional<Integer> port =
        settings.get("status-port", Optional.empty(), value -> Optional.of(port(value)));
    StatusPage page = new StatusPage(settings, port.orElse(0));
    return port.map(wanted -> page);
  }

  /** What its stapler counts with. */
  StaplerMetrics metrics() {
    return metrics;
  }

  /** Opens it, or says why not: the server goes on in any case. */
  void open(Stapler stapler, Logger log) {
    try {
      StatusServer.Builder status =
          StatusServer.builder(stapler).metrics(metrics).address(address).port(port);
      token.ifPresent(status::token);
      hostNames.forEach(status::hostName);
      if (readersToo) {
        status.requireTokenToRead();
      }
      log.log(Level.INFO, "The OCSP Stapler agent's status page is " + status.start().uri());
    } catch (IOException | RuntimeException | Error e) { // a trimmed JVM may have no HTTP server
      String where = address.getHostAddress() + " port " + port;
      log.log(
          Level.WARNING,
          "The OCSP Stapler agent goes on without its status page on " + where + ": " + e);
    }
  }

  private static int port(String value) {
    int port = StaplerSettings.number(value);
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("expected: 0..65535, 0 for a free one");
    }
    return port;
  }

  private static InetAddress address(String value) {
    if (value.isEmpty()) { // would be the loopback interface
      throw new IllegalArgumentException("expected: an address of this machine");
    }
    try {
      return InetAddress.getByName(value);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("expected: an address of this machine", e);
    }
  }

  private static List<String> names(String value) {
    return Arrays.stream(value.split(",")).map(String::strip).filter(n -> !n.isEmpty()).toList();
  }
}
