package io.github.ocspstapler.jsse;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** A TLS 1.2 ClientHello whose status request a test writes itself, and what a server answers. */
final class CraftedClientHello {
  private static final int HANDSHAKE_RECORD = 22;
  private static final int CERTIFICATE_STATUS = 22;

  private CraftedClientHello() {}

  /** A status request of RFC 6066 section 8 with these responder IDs and request extensions. */
  static byte[] withStatusRequest(byte[] responderIds, byte[] requestExtensions) {
    byte[] statusRequest =
        join(new byte[] {1}, vector16(responderIds), vector16(requestExtensions));
    byte[] host = "localhost".getBytes(StandardCharsets.US_ASCII);
    byte[] extensions =
        join(
            extension(0, vector16(join(new byte[] {0}, vector16(host)))), // server_name
            extension(10, vector16(bytes(0x00, 0x17))), // secp256r1
            extension(11, bytes(1, 0)), // uncompressed points
            extension(13, vector16(bytes(4, 3, 5, 3, 8, 4, 4, 1))), // ECDSA and RSA with SHA-256
            extension(23, new byte[0]), // extended_master_secret
            extension(5, statusRequest));
    byte[] body =
        join(
            bytes(3, 3),
            new byte[32], // random
            bytes(0), // session ID
            vector16(bytes(0xc0, 0x2b, 0xc0, 0x2f)), // ECDHE with AES-128-GCM
            bytes(1, 0), // no compression
            vector16(extensions));
    byte[] message = join(bytes(1, 0, body.length >> 8, body.length), body);
    return join(bytes(HANDSHAKE_RECORD, 3, 1), vector16(message));
  }

  /** Request extensions with a nonce of 16 such bytes (RFC 9654). */
  static byte[] nonce(byte value) {
    byte[] oid = bytes(0x06, 9, 0x2b, 6, 1, 5, 5, 7, 0x30, 1, 2);
    byte[] inner = new byte[16];
    Arrays.fill(inner, value);
    byte[] octets = join(bytes(4, 18), join(bytes(4, 16), inner));
    byte[] extension = join(bytes(0x30, oid.length + octets.length), oid, octets);
    return join(bytes(0x30, extension.length), extension);
  }

  /** A list of one responder ID, by name, CN=r. */
  static byte[] responderId() {
    byte[] name = bytes(0x30, 0x0c, 0x31, 0x0a, 0x30, 8, 6, 3, 0x55, 4, 3, 0x0c, 1, 'r');
    return vector16(join(bytes(0xa1, name.length), name));
  }

  /** Returns the OCSP response in a server's flight, if it has one. */
  static Optional<byte[]> stapleIn(byte[] flight) {
    ByteBuffer records = ByteBuffer.wrap(flight);
    ByteArrayOutputStream handshake = new ByteArrayOutputStream();
    while (records.hasRemaining()) {
      byte type = records.get();
      records.getShort();
      byte[] fragment = new byte[records.getShort() & 0xffff];
      records.get(fragment);
      if (type != HANDSHAKE_RECORD) {
        throw new AssertionError("an alert: " + Arrays.toString(fragment));
      }
      handshake.writeBytes(fragment);
    }
    ByteBuffer messages = ByteBuffer.wrap(handshake.toByteArray());
    Optional<byte[]> staple = Optional.empty();
    while (messages.hasRemaining()) {
      int header = messages.getInt();
      byte[] body = new byte[header & 0xffffff];
      messages.get(body);
      if (header >>> 24 == CERTIFICATE_STATUS) {
        staple = Optional.of(Arrays.copyOfRange(body, 4, body.length));
      }
    }
    return staple;
  }

  private static byte[] extension(int type, byte[] data) {
    return join(bytes(type >> 8, type), vector16(data));
  }

  private static byte[] vector16(byte[] content) {
    return join(bytes(content.length >> 8, content.length), content);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }
}
