package io.github.ocspstapler.cli;

import java.lang.reflect.Proxy;

/**
 * SIGHUP, by which daemons are told to read their configuration again.
 *
 * <p>The JDK's only way to hear of it is {@code sun.misc.Signal}, supported in module
 * jdk.unsupported, of which javac warns in words that cannot be silenced: so by reflection.
 */
final class Hangup {
  private Hangup() {}

  /**
   * Has this done each time the signal comes, on a thread of the JVM.
   *
   * @return whether there is such a signal here
   */
  static boolean then(Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object hangup = signal.getConstructor(String.class).newInstance("HUP");
      Object handling =
          Proxy.newProxyInstance(
              Hangup.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  action.run();
                }
                return null;
              });
      var unused = signal.getMethod("handle", signal, handler).invoke(null, hangup, handling);
      return true;
    } catch (ReflectiveOperationException e) {
      return false; // Windows has none, and java -Xrs leaves it to the system
    }
  }
}
