package io.github.ocspstapler.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * HAProxy's runtime API ("stats socket … level admin"): gives a running HAProxy a newer response.
 * Immutable.
 *
 * @param name as the configuration has it
 * @param address where it listens
 */
record HaproxySocket(String name, SocketAddress address) {
  private static final Pattern TCP = Pattern.compile("tcp:\\[?([^\\]]+?)]?:(\\d{1,5})");
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int MAX_ANSWER = 4_096;
  private static final String UPDATED = "OCSP Response updated";

  /** Reads {@code /run/haproxy/admin.sock} or {@code tcp:127.0.0.1:9999}. */
  static Optional<HaproxySocket> parse(String text) {
    Matcher tcp = TCP.matcher(text);
    try {
      if (tcp.matches()) {
        int port = Integer.parseInt(tcp.group(2));
        return Optional.of(new HaproxySocket(text, new InetSocketAddress(tcp.group(1), port)));
      }
      return text.startsWith("/")
          ? Optional.of(new HaproxySocket(text, UnixDomainSocketAddress.of(Path.of(text))))
          : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    } catch (IllegalArgumentException e) { // a port above 65535
      return Optional.empty();
    }
  }

  /**
   * Hands over a response. Blocks for 5 seconds at most.
   *
   * @throws IOException if it is not there, does not answer, or does not want it: HAProxy takes a
   *     response only for a certificate that had one when it was loaded
   */
  void update(byte[] response) throws IOException {
    String command = "set ssl ocsp-response " + Base64.getEncoder().encodeToString(response);
    String answer = ask(command + "\n").strip();
    if (!answer.contains(UPDATED)) {
      throw new IOException(answer.isEmpty() ? "it said nothing" : answer);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // closing the channel ends it
  private String ask(String command) throws IOException {
    try (SocketChannel channel = open()) {
      CompletableFuture<String> answer = new CompletableFuture<>();
      Thread talker =
          new Thread(
              () -> {
                try {
                  answer.complete(talk(channel, command));
                } catch (IOException e) {
                  answer.completeExceptionally(e);
                }
              },
              "haproxy");
      talker.setDaemon(true);
      talker.start();
      return answer.orTimeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof TimeoutException) {
        throw new IOException("no answer within " + LIMIT.toSeconds() + " s", e);
      }
      throw new IOException(e.getCause() == null ? e.toString() : e.getCause().getMessage(), e);
    }
  }

  private SocketChannel open() throws IOException {
    return address instanceof UnixDomainSocketAddress
        ? SocketChannel.open(java.net.StandardProtocolFamily.UNIX)
        : SocketChannel.open();
  }

  private String talk(SocketChannel channel, String command) throws IOException {
    channel.connect(address);
    ByteBuffer out = ByteBuffer.wrap(command.getBytes(US_ASCII));
    while (out.hasRemaining()) {
      channel.write(out);
    }
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    ByteBuffer in = ByteBuffer.allocate(1_024);
    while (answer.size() < MAX_ANSWER && channel.read(in) >= 0) {
      answer.write(in.array(), 0, in.position());
      in.clear();
    }
    return answer.toString(US_ASCII);
  }

  @Override
  public String toString() {
    return name;
  }
}
