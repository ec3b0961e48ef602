package io.github.ocspstapler.testsupport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port of 127.0.0.1 for a program that must be told one, and binds it some time later.
 *
 * <p>It is below those that operating systems give to outgoing connections and to whoever asks for
 * any (on Linux from 32768 on), so that none of these takes it meanwhile, nor while the program is
 * restarted. No port is returned twice in one JVM.
 */
public final class FreePort {
  private static final int FIRST = 15_000;
  private static final int END = 32_000;
  private static final int ATTEMPTS = 1_000;

  private static final Set<Integer> RETURNED = ConcurrentHashMap.newKeySet();

  private FreePort() {}

  /** Returns a port on which nobody listens now. */
  public static int next() {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      if (RETURNED.add(port) && isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port between " + FIRST + " and " + END);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
