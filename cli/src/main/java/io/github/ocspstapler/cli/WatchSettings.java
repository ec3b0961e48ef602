package io.github.ocspstapler.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the daemon does, as its YAML file says.
 *
 * @param certificates folders, files and patterns to keep staples for
 * @param issuers files with CA certificates, for certificates that come without
 * @param staples the folder for the responses; empty for beside the certificates
 * @param every how often the folders are looked at
 * @param hook what to run after something was written
 * @param haproxy HAProxy's runtime sockets
 * @param status the status page, if it is wanted
 */
record WatchSettings(
    List<String> certificates,
    List<Path> issuers,
    Optional<Path> staples,
    Duration every,
    Optional<Hook> hook,
    List<HaproxySocket> haproxy,
    Optional<StatusPage> status) {

  /**
   * A command.
   *
   * @param command the program and its arguments; no shell reads it
   * @param timeout how long it may take
   */
  record Hook(List<String> command, Duration timeout) {}

  /**
   * Where the status page is served, and to whom.
   *
   * @param address the address to listen at
   * @param port the port, 0 for a free one
   * @param token what allows to act, and to read from elsewhere
   * @param requireToken whether readers on this machine need it as well
   * @param hostNames names it is reached by
   */
  record StatusPage(
      InetAddress address,
      int port,
      Optional<String> token,
      boolean requireToken,
      List<String> hostNames) {}

  private static final int MAX_BYTES = 1 << 20;
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** Reads and checks a file. */
  static WatchSettings read(String file) throws InputException {
    return parse(file, text(file));
  }

  /** The same, for a run that is over before anybody could look. */
  WatchSettings withoutStatusPage() {
    return new WatchSettings(
        certificates, issuers, staples, every, hook, haproxy, Optional.empty());
  }

  private static String text(String file) throws InputException {
    try {
      Path path = Path.of(file);
      if (!Files.isRegularFile(path)) {
        throw new InputException(file + ": no such file");
      }
      if (Files.size(path) > MAX_BYTES) {
        throw new InputException(file + ": larger than " + MAX_BYTES + " bytes");
      }
      return Files.readString(path);
    } catch (CharacterCodingException e) {
      throw new InputException(file + ": not UTF-8", e);
    } catch (IOException | InvalidPathException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  static WatchSettings parse(String file, String text) throws InputException {
    YamlSection root = YamlSection.parse(file, text);
    root.allowOnly("certificates", "issuers", "staples", "every", "hook", "haproxy", "status");
    List<String> certificates = root.texts("certificates");
    if (certificates.isEmpty()) {
      throw root.complaint("certificates", "missing (expected: a folder, a file or a pattern)");
    }
    for (String certificate : certificates) {
      path(root, "certificates", certificate);
    }
    List<Path> issuers = new ArrayList<>();
    for (String issuer : root.texts("issuers")) {
      issuers.add(path(root, "issuers", issuer));
    }
    Optional<String> staples = root.text("staples");
    List<HaproxySocket> haproxy = new ArrayList<>();
    for (String socket : root.texts("haproxy")) {
      haproxy.add(
          HaproxySocket.parse(socket)
              .orElseThrow(() ->
                  root.complaint(
                      "haproxy", socket + " (expected: the path of a socket, or tcp:HOST:PORT)")));
    }
    return new WatchSettings(
        certificates,
        issuers,
        staples.isEmpty() ? Optional.empty() : Optional.of(path(root, "staples", staples.get())),
        root.duration("every", Duration.ofSeconds(30), SECOND, Duration.ofHours(1)),
        hook(root),
        haproxy,
        status(root));
  }

  private static Path path(YamlSection section, String key, String text) throws InputException {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw section.complaint(key, text + ": not a path here: " + e.getReason());
    }
  }

  private static Optional<Hook> hook(YamlSection root) throws InputException {
    Optional<YamlSection> section = root.section("hook");
    if (section.isEmpty()) {
      return Optional.empty();
    }
    YamlSection hook = section.get();
    hook.allowOnly("command", "timeout");
    List<String> command = hook.texts("command");
    if (command.isEmpty()) {
      throw hook.complaint("command", "missing (expected: [PROGRAM, ARGUMENT, …])");
    }
    if (command.size() == 1 && command.get(0).contains(" ")) {
      String list = "[" + String.join(", ", command.get(0).split(" +")) + "]";
      throw hook.complaint("command", "no shell reads it (expected: a list, such as " + list + ")");
    }
    return Optional.of(
        new Hook(
            command,
            hook.duration("timeout", Duration.ofSeconds(30), SECOND, Duration.ofMinutes(10))));
  }

  private static Optional<StatusPage> status(YamlSection root) throws InputException {
    Optional<YamlSection> section = root.section("status");
    if (section.isEmpty()) {
      return Optional.empty();
    }
    YamlSection status = section.get();
    status.allowOnly("address", "port", "token-file", "require-token", "host-names");
    InetAddress address = InetAddress.getLoopbackAddress();
    Optional<String> text = status.text("address");
    if (text.isPresent()) {
      try {
        address = InetAddress.getByName(text.get());
      } catch (UnknownHostException e) {
        throw status.complaint("address", text.get() + " (expected: an address of this machine)");
      }
    }
    Optional<String> token = token(status);
    boolean requireToken = status.flag("require-token");
    if (token.isEmpty() && (requireToken || !address.isLoopbackAddress())) {
      String why = requireToken ? "require-token" : "address";
      throw status.complaint(why, "readers need a token (expected: token-file)");
    }
    return Optional.of(
        new StatusPage(
            address,
            status.number("port", 9464, 0, 65_535),
            token,
            requireToken,
            status.texts("host-names")));
  }

  /** From a file of its own, so that the configuration may be read by everybody. */
  private static Optional<String> token(YamlSection status) throws InputException {
    Optional<String> file = status.text("token-file");
    if (file.isEmpty()) {
      return Optional.empty();
    }
    String token = text(file.get()).strip();
    if (token.length() < 16) {
      throw status.complaint("token-file", file.get() + " holds less than 16 characters");
    }
    return Optional.of(token);
  }
}
