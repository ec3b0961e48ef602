package io.github.ocspstapler.it;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * How many objects of each of our classes, and of the JDK's HTTP client, are alive after a full
 * collection: exact where the size of a heap is noise.
 */
record LiveObjects(Map<String, Integer> byClass) {
  private static final Pattern LINE =
      Pattern.compile("^ *\\d+: +(\\d+) +\\d+ +(\\S+).*$", Pattern.MULTILINE);

  static LiveObjects count() {
    Map<String, Integer> counts = new HashMap<>();
    Matcher line = LINE.matcher(histogram());
    while (line.find()) {
      if (isCounted(line.group(2))) {
        counts.merge(line.group(2), Integer.parseInt(line.group(1)), Integer::sum);
      }
    }
    if (counts.isEmpty()) {
      throw new IllegalStateException("nothing of ours is alive: is the histogram read right?");
    }
    return new LiveObjects(counts);
  }

  /** Returns a class of which there are more than so many more than before, or empty. */
  Optional<String> grown(LiveObjects before, int most) {
    return byClass.entrySet().stream()
        .filter(now -> now.getValue() - before.byClass.getOrDefault(now.getKey(), 0) > most)
        .map(now ->
            now.getKey() + " from " + before.byClass.get(now.getKey()) + " to " + now.getValue())
        .findAny();
  }

  private static boolean isCounted(String name) {
    boolean ours =
        name.startsWith("io.github.ocspstapler.")
            && !name.startsWith("io.github.ocspstapler.testkit.")
            && !name.startsWith("io.github.ocspstapler.it.");
    // Threads come and go with the load, and end when idle; how many there are has a bound.
    boolean thread = name.endsWith(".ClientThreads$ClientThread");
    return (ours && !thread) || name.startsWith("jdk.internal.net.http.");
  }

  private static String histogram() {
    try {
      return (String)
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcClassHistogram",
                  new Object[] {new String[0]},
                  new String[] {String[].class.getName()});
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
  }
}
