package io.github.ocspstapler.benchmarks;

import java.util.List;

/** What a sample of a profile was spent on: told by its thread, or by its innermost known frame. */
enum Area {
  SIGNATURE(
      "signature",
      "java/security/Signature.",
      "java/security/Signature$",
      "io/github/ocspstapler/internal/x509/SignatureAlgorithm."),
  HTTP(
      "HTTP",
      "jdk/internal/net/http/",
      "java/net/http/",
      "sun/nio/ch/",
      "io/github/ocspstapler/internal/http/"),
  PARSING(
      "parsing",
      "io/github/ocspstapler/internal/der/",
      "io/github/ocspstapler/internal/x509/",
      "io/github/ocspstapler/ocsp/ResponseParser",
      "sun/security/x509/",
      "sun/security/provider/X509Factory",
      "org/bouncycastle/"),
  CLIENT("OCSP client", "io/github/ocspstapler/ocsp/"),
  TLS("TLS", "sun/security/ssl/"),
  BENCHMARK("benchmark", "io/github/ocspstapler/benchmarks/", "org/openjdk/jmh/"),
  STAPLER("stapler", "io/github/ocspstapler/"), // what is none of its packages above
  CLASSES(
      "classes",
      "java/lang/ClassLoader.",
      "jdk/internal/loader/",
      "java/lang/invoke/MethodHandleNatives.link",
      "java/lang/invoke/MethodHandleNatives.findMethodHandleType"),
  COMPILER("compiler"),
  COLLECTOR("collector"),
  OTHER("other");

  private static final List<String> COMPILER_THREADS =
      List.of("C1 Compiler", "C2 Compiler", "Sweeper");
  private static final List<String> COLLECTOR_THREADS = List.of("GC Thread", "G1 ", "VM Thread");
  private static final List<String> HTTP_THREADS = List.of("ocsp-http", "ocsp-exch", "HttpClient");
  private static final List<String> OUR_THREADS = List.of("ocsp-");

  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // List.of
  private final List<String> frames;

  Area(String title, String... frames) {
    this.title = title;
    this.frames = List.of(frames);
  }

  String title() {
    return title;
  }

  /**
   * Returns what this stack was busy with.
   *
   * @param thread the thread's name
   * @param stack the frames, the outermost first
   */
  static Area of(String thread, List<String> stack) {
    if (starts(thread, COMPILER_THREADS)) {
      return COMPILER;
    }
    if (starts(thread, COLLECTOR_THREADS)) {
      return COLLECTOR;
    }
    for (int i = stack.size() - 1; i >= 0; i--) {
      Area area = ofFrame(stack.get(i));
      if (area == SIGNATURE && stack.stream().anyMatch(frame -> starts(frame, TLS.frames))) {
        return TLS; // a handshake's own signatures
      }
      if (area != OTHER) {
        return area;
      }
    }
    // What a pool does between two tasks, mostly to sleep and to wake up.
    return starts(thread, HTTP_THREADS) ? HTTP : starts(thread, OUR_THREADS) ? STAPLER : OTHER;
  }

  private static Area ofFrame(String frame) {
    for (Area area : values()) {
      if (starts(frame, area.frames)) {
        return area;
      }
    }
    return OTHER;
  }

  private static boolean starts(String text, List<String> prefixes) {
    return prefixes.stream().anyMatch(text::startsWith);
  }
}
