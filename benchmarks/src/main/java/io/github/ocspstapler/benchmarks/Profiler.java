package io.github.ocspstapler.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import one.profiler.AsyncProfiler;
import org.jspecify.annotations.Nullable;

/**
 * Samples what this JVM spends its CPU time on while something is measured, if a {@link Profile}
 * was asked for.
 */
final class Profiler {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final String name;
  private final @Nullable Path directory;
  private final long cpuNanos;

  private Profiler(String name, @Nullable Path directory) throws IOException {
    this.name = name;
    this.directory = directory;
    if (directory != null) {
      AsyncProfiler.getInstance().execute("start,event=cpu,interval=1ms,threads");
    }
    this.cpuNanos = SYSTEM.getProcessCpuTime();
  }

  /** What has this name begins. */
  static Profiler begin(String name) throws IOException {
    return new Profiler(name, Profile.directory());
  }

  /** It has ended. */
  void end() throws IOException {
    double seconds = (SYSTEM.getProcessCpuTime() - cpuNanos) / 1e9;
    if (directory != null) {
      AsyncProfiler.getInstance().execute("stop");
      AsyncProfiler.getInstance()
          .execute("collapsed,file=" + directory.resolve(name + Profile.STACKS));
      Child.report(Profile.REPORT + name, seconds);
    }
  }
}
