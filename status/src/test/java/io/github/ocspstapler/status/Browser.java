package io.github.ocspstapler.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real Chromium without a window, spoken to by the WebDriver protocol (w3.org/TR/webdriver). */
final class Browser implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern READY = Pattern.compile("started successfully on port (\\d+)");

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Process driver;
  private final URI session;

  private Browser(Process driver, URI session) {
    this.driver = driver;
    this.session = session;
  }

  /** Starts one with a profile of its own in this folder. */
  static Browser start(Path folder, int width, int height) throws Exception {
    Path chromium = OutsideTool.require("chromium", "chromium");
    Path chromedriver = OutsideTool.require("chromedriver", "chromium-driver");
    Process process =
        new ProcessBuilder(chromedriver.toString(), "--port=0").redirectErrorStream(true).start();
    try {
      URI root = URI.create("http://127.0.0.1:" + port(process) + "/session");
      List<String> flags = new ArrayList<>();
      flags.addAll(List.of("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"));
      flags.addAll(List.of("--no-first-run", "--disable-background-networking"));
      flags.addAll(List.of("--disable-component-update", "--disable-sync", "--hide-scrollbars"));
      flags.addAll(List.of("--user-data-dir=" + folder.resolve("profile")));
      flags.add("--window-size=" + width + "," + height);
      Map<String, Object> options = Map.of("binary", chromium.toString(), "args", flags);
      Map<String, Object> wanted =
          Map.of("goog:chromeOptions", options, "goog:loggingPrefs", Map.of("browser", "ALL"));
      Browser anonymous = new Browser(process, root);
      JsonNode made =
          anonymous.call("POST", "", Map.of("capabilities", Map.of("alwaysMatch", wanted)));
      return new Browser(process, URI.create(root + "/" + made.get("sessionId").asText()));
    } catch (Exception | Error e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static int port(Process process) throws IOException {
    BufferedReader out = process.inputReader();
    StringBuilder said = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      said.append(line).append('\n');
      Matcher ready = READY.matcher(line);
      if (ready.find()) {
        return Integer.parseInt(ready.group(1));
      }
    }
    throw new AssertionError("chromedriver ended: " + said);
  }

  private JsonNode call(String method, String path, Object body) throws Exception {
    HttpRequest.BodyPublisher publisher =
        method.equals("GET")
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(session + path))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .method(method, publisher)
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    JsonNode value = JSON.readTree(response.body()).get("value");
    if (response.statusCode() != 200) {
      throw new AssertionError(method + " " + path + ": " + value);
    }
    return value;
  }

  void open(URI uri) throws Exception {
    call("POST", "/url", Map.of("url", uri.toString()));
  }

  void setSize(int width, int height) throws Exception {
    devTools(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  void prefer(String scheme) throws Exception {
    Map<String, String> feature = Map.of("name", "prefers-color-scheme", "value", scheme);
    devTools("Emulation.setEmulatedMedia", Map.of("features", List.of(feature)));
  }

  private void devTools(String command, Map<String, Object> parameters) throws Exception {
    call("POST", "/goog/cdp/execute", Map.of("cmd", command, "params", parameters));
  }

  /** Runs a script in the page; what it returns is the result. */
  JsonNode run(String script) throws Exception {
    return call("POST", "/execute/sync", Map.of("script", script, "args", List.of()));
  }

  /** Waits until an expression of the page is true. */
  void until(String expression) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!run("return Boolean(" + expression + ")").asBoolean()) {
      if (System.nanoTime() - end > 0) {
        String text = run("return document.body.innerText").asText();
        throw new AssertionError(expression + " is still not so; the page says: " + text);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  /** Types keys, as a user does whose fingers are on the keyboard. */
  void type(String keys) throws Exception {
    List<Map<String, String>> actions = new ArrayList<>();
    keys.codePoints()
        .mapToObj(Character::toString)
        .forEach(key -> {
          actions.add(Map.of("type", "keyDown", "value", key));
          actions.add(Map.of("type", "keyUp", "value", key));
        });
    Map<String, Object> keyboard = Map.of("type", "key", "id", "keys", "actions", actions);
    call("POST", "/actions", Map.of("actions", List.of(keyboard)));
  }

  /** What the page's console and the browser complained of. */
  List<String> complaints() throws Exception {
    List<String> lines = new ArrayList<>();
    call("POST", "/se/log", Map.of("type", "browser"))
        .forEach(
            line -> lines.add(line.get("level").asText() + " " + line.get("message").asText()));
    return lines;
  }

  void screenshot(Path file) throws Exception {
    byte[] png = Base64.getDecoder().decode(call("GET", "/screenshot", Map.of()).asText());
    Files.write(file, png);
  }

  @Override
  public void close() {
    try {
      call("DELETE", "", Map.of());
    } catch (Exception e) {
      throw new IllegalStateException("the browser does not end", e);
    } finally {
      driver.destroy();
      driver.onExit().orTimeout(60, TimeUnit.SECONDS).join();
    }
  }
}
