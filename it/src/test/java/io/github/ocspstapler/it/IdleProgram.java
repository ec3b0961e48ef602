package io.github.ocspstapler.it;

/** Does nothing: what is loaded in its process, the JVM and its agents have loaded. */
final class IdleProgram {
  private IdleProgram() {}

  public static void main(String[] arguments) {}
}
