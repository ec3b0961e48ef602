package io.github.ocspstapler.it.micronaut;

import io.micronaut.runtime.Micronaut;

/** What Micronaut's own generator writes. */
public final class Application {
  private Application() {}

  /** Starts the server as it is configured. */
  public static void main(String[] arguments) {
    var unused = Micronaut.run(Application.class, arguments);
  }
}
