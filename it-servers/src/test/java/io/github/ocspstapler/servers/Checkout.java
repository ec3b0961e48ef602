package io.github.ocspstapler.servers;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/** The checkout that these tests run in. */
final class Checkout {
  private Checkout() {}

  /** Its top folder: Maven runs tests in the folder of their module. */
  static Path root() {
    return requireNonNull(Path.of("").toAbsolutePath().getParent());
  }

  /** A page of the guide. */
  static Path guide(String page) {
    return root().resolve("docs/guide").resolve(page);
  }
}
