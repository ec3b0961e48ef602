package io.github.ocspstapler.cli;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells servers of new responses: HAProxy through its socket, at once; any other by the hook, once
 * for all that changed within a moment. On a thread of its own, so that a server that hangs holds
 * up nothing but the others' news.
 */
final class AfterWrite implements OcspFiles.Listener, AutoCloseable {
  private static final Logger LOG = System.getLogger("io.github.ocspstapler.watch");
  private static final long QUIET_MILLIS = 300;
  private static final int MAX_TOLD = 2_000;

  /** A file and its response, null if it was removed. */
  private static final class Change {
    final Path file;
    final byte @Nullable [] response;

    Change(Path file, byte @Nullable [] response) {
      this.file = file;
      this.response = response;
    }
  }

  private final WatchSettings settings;
  private final BlockingQueue<Change> changes = new LinkedBlockingQueue<>();
  private final Thread thread = new Thread(this::run, "ocsp-stapler-after-write");
  private volatile boolean closed;

  AfterWrite(WatchSettings settings) {
    this.settings = settings;
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void written(Path file, byte[] response) {
    changes.add(new Change(file, response));
  }

  @Override
  public void removed(Path file) {
    changes.add(new Change(file, null));
  }

  private void run() {
    try {
      while (!closed || !changes.isEmpty()) {
        Change first = changes.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
          tell(batch(first));
        }
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  private Map<Path, Change> batch(Change first) throws InterruptedException {
    Map<Path, Change> batch = new LinkedHashMap<>();
    for (Change next = first;
        next != null;
        next = batch.size() < MAX_TOLD ? changes.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS) : null) {
      batch.put(next.file, next);
    }
    return batch;
  }

  private void tell(Map<Path, Change> batch) throws InterruptedException {
    for (Change change : batch.values()) {
      LOG.log(Level.INFO, change.file + (change.response == null ? ": removed" : ": written"));
      if (change.response != null) {
        for (HaproxySocket socket : settings.haproxy()) {
          tell(socket, change.file, change.response);
        }
      }
    }
    if (settings.hook().isPresent()) {
      run(settings.hook().get(), batch.keySet().stream().map(Path::toString).toList());
    }
  }

  private static void tell(HaproxySocket socket, Path file, byte[] response) {
    try {
      socket.update(response);
      LOG.log(Level.INFO, file + ": HAProxy at " + socket + " has it");
    } catch (IOException e) {
      String why = Printable.of(String.valueOf(e.getMessage()));
      LOG.log(Level.WARNING, file + ": HAProxy at " + socket + " did not take it: " + why);
    }
  }

  /** Runs the command; the files that changed are in its environment. */
  private static void run(WatchSettings.Hook hook, List<String> files) throws InterruptedException {
    String name = hook.command().get(0);
    Process process;
    try {
      ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(hook.command()));
      builder.environment().put("OCSP_STAPLER_FILES", String.join("\n", files));
      process = builder.redirectErrorStream(true).start();
      process.getOutputStream().close();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "hook " + name + ": did not start: " + e.getMessage());
      return;
    }
    CompletableFuture<String> said = CompletableFuture.supplyAsync(() -> lastWords(process));
    if (!process.waitFor(hook.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      LOG.log(Level.WARNING, "hook " + name + ": stopped after " + hook.timeout());
      return;
    }
    int status = process.exitValue();
    if (status != 0) {
      String words = said.completeOnTimeout("", 1, TimeUnit.SECONDS).join();
      LOG.log(Level.WARNING, "hook " + name + ": exit status " + status + ": " + words);
    } else {
      LOG.log(Level.INFO, "hook " + name + ": done");
    }
  }

  /** Reads all it says, so that it never waits for us, and keeps the end. */
  private static String lastWords(Process process) {
    byte[] end = new byte[0];
    try (InputStream in = process.getInputStream()) {
      byte[] buffer = new byte[4_096];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        end = java.util.Arrays.copyOf(buffer, read);
      }
    } catch (IOException e) {
      // it was stopped
    }
    String words = new String(end, StandardCharsets.UTF_8).strip();
    Optional<String> last = words.lines().reduce((before, line) -> line);
    return Printable.of(last.orElse("it said nothing"));
  }

  /** Tells what is still to be told, for two seconds at most. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    thread.interrupt();
  }
}
