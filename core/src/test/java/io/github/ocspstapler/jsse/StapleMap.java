package io.github.ocspstapler.jsse;

import io.github.ocspstapler.testkit.OcspAnswer;
import io.github.ocspstapler.testkit.TestCertificate;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A source that holds what a test puts into it, and remembers what it was asked. */
final class StapleMap implements StapleSource {
  private final Map<ByteBuffer, byte[]> responses = new ConcurrentHashMap<>();
  private final List<ByteBuffer> asked = new CopyOnWriteArrayList<>();

  /** Puts a "good" response for the certificate and returns it. */
  byte[] putGood(TestCertificate certificate) {
    byte[] response = OcspAnswer.good(certificate).der();
    responses.put(key(certificate), response);
    return response;
  }

  void clear() {
    responses.clear();
  }

  List<ByteBuffer> asked() {
    return asked;
  }

  static ByteBuffer key(TestCertificate certificate) {
    return StapleSource.key(certificate.certificate(), certificate.issuerCertificate());
  }

  @Override
  public Optional<byte[]> response(ByteBuffer certId) {
    asked.add(certId);
    return Optional.ofNullable(responses.get(certId));
  }
}
