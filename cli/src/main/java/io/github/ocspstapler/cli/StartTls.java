package io.github.ocspstapler.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HexFormat;
import java.util.Locale;

/** What is said on a plain connection before TLS begins. Reads not a byte too many. */
enum StartTls {
  /** RFC 3207. */
  SMTP(25) {
    @Override
    void ask(InputStream in, OutputStream out) throws IOException {
      expect(lastOfReply(in), "220");
      send(out, "EHLO ocsp-stapler.invalid\r\n");
      expect(lastOfReply(in), "250");
      send(out, "STARTTLS\r\n");
      expect(lastOfReply(in), "220");
    }

    // All lines of a reply but the last have a hyphen behind their number.
    private String lastOfReply(InputStream in) throws IOException {
      for (int i = 0; i < MAX_LINES; i++) {
        String line = line(in);
        if (line.length() < 4 || line.charAt(3) != '-') {
          return line;
        }
      }
      throw new IOException("its reply does not end");
    }
  },

  /** RFC 9051 section 6.2.1. */
  IMAP(143) {
    @Override
    void ask(InputStream in, OutputStream out) throws IOException {
      expect(line(in), "* OK");
      send(out, "a1 STARTTLS\r\n");
      String line = line(in);
      for (int i = 0; i < MAX_LINES && line.startsWith("* "); i++) {
        line = line(in);
      }
      expect(line, "a1 OK");
    }
  },

  /** RFC 4511 section 4.14. */
  LDAP(389) {
    @Override
    void ask(InputStream in, OutputStream out) throws IOException {
      // messageID 1, an ExtendedRequest, and the OID 1.3.6.1.4.1.1466.20037.
      out.write(
          HexFormat.of()
              .parseHex(
                  "301d020101" + "77188016" + "312e332e362e312e342e312e313436362e3230303337"));
      out.flush();
      byte[] answer = element(in);
      // messageID 1, then an ExtendedResponse that begins with its resultCode: success.
      int code = answer.length > 3 && answer[3] == 0x78 ? resultCode(answer, 4) : -1;
      if (code != 0) {
        throw new IOException("it answers StartTLS with " + (code < 0 ? "no LDAP" : code));
      }
    }

    private int resultCode(byte[] answer, int length) {
      int at = length + 1 + (answer[length] < 0 ? answer[length] & 0x7f : 0);
      boolean code = at + 2 < answer.length && answer[at] == 0x0a && answer[at + 1] == 1;
      return code ? answer[at + 2] : -1;
    }

    private byte[] element(InputStream in) throws IOException {
      if (next(in) != 0x30) {
        throw new IOException("it does not speak LDAP");
      }
      int length = next(in);
      if (length > 0x82) {
        throw new IOException("its answer is too long");
      }
      int bytes = length - 0x80;
      length = bytes < 0 ? length : 0;
      for (int i = 0; i < bytes; i++) {
        length = length << 8 | next(in);
      }
      byte[] content = in.readNBytes(length);
      if (content.length < length) {
        throw new EOFException("it hangs up");
      }
      return content;
    }
  },

  /** PostgreSQL's SSLRequest. */
  POSTGRES(5432) {
    @Override
    void ask(InputStream in, OutputStream out) throws IOException {
      out.write(HexFormat.of().parseHex("0000000804d2162f"));
      out.flush();
      int answer = next(in);
      if (answer != 'S') {
        throw new IOException(answer == 'N' ? "it refuses TLS" : "it does not speak PostgreSQL");
      }
    }
  };

  private static final int MAX_LINES = 100;
  private static final int MAX_LINE = 2000;

  private final int port;

  StartTls(int port) {
    this.port = port;
  }

  /** The port where it is usually spoken. */
  int port() {
    return port;
  }

  /**
   * Asks for TLS; what follows is TLS.
   *
   * @throws IOException if the server does not want to
   */
  abstract void ask(InputStream in, OutputStream out) throws IOException;

  /** As the option spells it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(US_ASCII));
    out.flush();
  }

  private static void expect(String line, String start) throws IOException {
    if (!line.startsWith(start)) {
      throw new IOException("it says \"" + line + "\" (expected: " + start + ")");
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = next(in); c != '\n'; c = next(in)) {
      if (line.length() == MAX_LINE) {
        throw new IOException("its line does not end");
      }
      line.append((char) c);
    }
    return line.toString().stripTrailing();
  }

  private static int next(InputStream in) throws IOException {
    int b = in.read();
    if (b < 0) {
      throw new EOFException("it hangs up");
    }
    return b;
  }
}
