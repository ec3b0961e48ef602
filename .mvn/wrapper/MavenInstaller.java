import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Properties;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Installs the Apache Maven that {@code ./mvnw} runs, and prints its folder: downloads the zip, checks
 * its SHA-512, unpacks it beside its place and moves it there in one step, so that it is there
 * complete or not at all, even when two builds start at once.
 *
 * <p>Run from its source file; arguments: the wrapper's properties file, and Maven's folder in the
 * user's home (empty for the default).
 */
final class MavenInstaller {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration HEAD_TIMEOUT = Duration.ofMinutes(2);
  private static final int DIRECTORY_NAME_DIGITS = 16;

  private final String groupId;
  private final String artifactId;
  private final String version;
  private final String sha512;

  private MavenInstaller(Properties pinned) {
    groupId = pinned.getProperty("groupId");
    artifactId = pinned.getProperty("artifactId");
    version = pinned.getProperty("version");
    sha512 = pinned.getProperty("sha512");
  }

  public static void main(String[] args) {
    Properties pinned = new Properties();
    try (InputStream in = Files.newInputStream(Path.of(args[0]))) {
      pinned.load(in);
      Path userHome =
          args[1].isEmpty() ? Path.of(System.getProperty("user.home"), ".m2") : Path.of(args[1]);
      System.out.println(new MavenInstaller(pinned).install(userHome));
    } catch (IOException e) {
      System.err.println("mvnw: " + e.getMessage());
      System.exit(1);
    } catch (InterruptedException e) {
      System.err.println("mvnw: interrupted");
      System.exit(1);
    }
  }

  private Path install(Path userHome) throws IOException, InterruptedException {
    Path home =
        userHome
            .resolve("wrapper/dists")
            .resolve(artifactId + "-" + version)
            .resolve(sha512.substring(0, DIRECTORY_NAME_DIGITS))
            .toAbsolutePath();
    if (Files.isDirectory(home)) {
      return home;
    }

    Files.createDirectories(home.getParent());
    Path work = Files.createTempDirectory(home.getParent(), "unpacking-");
    try {
      Path zip = work.resolve("maven.zip");
      download(zip);
      unpack(zip, work.resolve("maven"));
      moveIntoPlace(work.resolve("maven"), home);
    } finally {
      delete(work);
    }
    return home;
  }

  private void download(Path zip) throws IOException, InterruptedException {
    URI url =
        URI.create(
            repository()
                + "/"
                + groupId.replace('.', '/')
                + String.format("/%1$s/%2$s/%1$s-%2$s-bin.zip", artifactId, version));
    System.err.print("Downloading Apache Maven " + version + "...");

    MessageDigest digest = newSha512();
    HttpRequest request = HttpRequest.newBuilder(url).timeout(HEAD_TIMEOUT).build();
    try {
      HttpResponse<InputStream> response =
          client(url).send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream in = response.body()) {
        if (response.statusCode() != 200) {
          throw new IOException("HTTP status " + response.statusCode());
        }
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(zip), digest)) {
          in.transferTo(out);
        }
      }
    } catch (IOException e) {
      System.err.println(" failed");
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new IOException(
          "cannot download "
              + url
              + ": "
              + why
              + " (MVNW_REPOURL names another repository, https_proxy a proxy)",
          e);
    }

    String actual = HexFormat.of().formatHex(digest.digest());
    if (!actual.equals(sha512)) {
      System.err.println(" failed");
      throw new IOException(url + " has SHA-512 " + actual + " (expected: " + sha512 + ")");
    }
    System.err.println(" done");
  }

  /**
   * Maven Central is served from a host named after the group of Maven itself: {@code repo.}, the
   * group's labels in reverse (which make a domain of the Maven project), and the path {@code
   * /maven2}.
   */
  private String repository() {
    String mirror = System.getenv("MVNW_REPOURL");
    if (mirror != null && !mirror.isEmpty()) {
      return mirror.replaceAll("/+$", "");
    }
    Deque<String> labels = new ArrayDeque<>();
    for (String label : groupId.split("\\.")) {
      labels.push(label);
    }
    return "https://repo." + String.join(".", labels) + "/maven2";
  }

  private static HttpClient client(URI url) {
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NORMAL);
    String value = environment(url.getScheme() + "_proxy");
    if (value.isEmpty() || bypassesProxy(url.getHost())) {
      return client.build();
    }

    URI proxy = URI.create(value.contains("://") ? value : "http://" + value);
    int port = proxy.getPort() == -1 ? 80 : proxy.getPort();
    client.proxy(ProxySelector.of(new InetSocketAddress(proxy.getHost(), port)));
    String user = proxy.getUserInfo();
    if (user != null) {
      // Off by default for a tunnel; the password stands in the environment, so its owner wants it.
      System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
      int colon = user.indexOf(':');
      String name = colon < 0 ? user : user.substring(0, colon);
      String password = colon < 0 ? "" : user.substring(colon + 1);
      client.authenticator(
          new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
              return getRequestorType() == RequestorType.PROXY
                  ? new PasswordAuthentication(name, password.toCharArray())
                  : null;
            }
          });
    }
    return client.build();
  }

  private static boolean bypassesProxy(String host) {
    for (String entry : environment("no_proxy").split(",")) {
      String suffix = entry.strip().replaceFirst("^\\*?\\.", "");
      if (entry.strip().equals("*")
          || (!suffix.isEmpty() && (host.equals(suffix) || host.endsWith("." + suffix)))) {
        return true;
      }
    }
    return false;
  }

  private static String environment(String name) {
    String value = System.getenv(name);
    if (value == null) {
      value = System.getenv(name.toUpperCase(Locale.ROOT));
    }
    return value == null ? "" : value.strip();
  }

  /** Unpacks the zip's one top folder as {@code home}. */
  private static void unpack(Path zip, Path home) throws IOException {
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        String name = entry.getName();
        Path target = home.resolve(name.substring(name.indexOf('/') + 1)).normalize();
        if (!target.startsWith(home)) {
          throw new IOException(zip + " has an entry outside of its folder: " + name);
        }
        if (entry.isDirectory()) {
          Files.createDirectories(target);
          continue;
        }
        Files.createDirectories(target.getParent());
        Files.copy(in, target);
        if (target.getParent().endsWith("bin") && !target.toFile().setExecutable(true, false)) {
          throw new IOException("cannot make " + target + " executable");
        }
      }
    }
  }

  private static void moveIntoPlace(Path unpacked, Path home) throws IOException {
    try {
      Files.move(unpacked, home, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.isDirectory(home)) {
        throw e;
      }
      // Another build was faster; what it installed had the same checksum.
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }

  private static MessageDigest newSha512() {
    try {
      return MessageDigest.getInstance("SHA-512");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-512", e);
    }
  }
}
