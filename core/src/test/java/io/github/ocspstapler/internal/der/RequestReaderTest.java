package io.github.ocspstapler.internal.der;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class RequestReaderTest {
  private static final byte[] SHA1 = DerWriter.oid(bytes("2b0e03021a"));
  private static final byte[] CERT_ID = certId(DerWriter.sequence(SHA1, DerWriter.nothing()));
  private static final byte[] NONCE_OID = DerWriter.oid(bytes("2b0601050507300102"));

  @Test
  void request_plain_givesItsCertId() throws Exception {
    RequestReader.Request request = RequestReader.read(request(list(CERT_ID)));

    assertThat(request.certIds()).containsExactly(CERT_ID);
    assertThat(request.hasNonce()).isFalse();
  }

  @Test
  void request_aboutSeveral_givesThemInOrder() throws Exception {
    byte[] other = certId(DerWriter.sequence(DerWriter.oid(bytes("2a03")), DerWriter.nothing()));

    assertThat(RequestReader.read(request(list(other, CERT_ID))).certIds())
        .containsExactly(other, CERT_ID);
  }

  @Test
  void certId_withoutHashParameters_isWrittenWithNull() throws Exception {
    byte[] absent = certId(DerWriter.sequence(SHA1));

    assertThat(RequestReader.read(request(list(absent))).certIds()).containsExactly(CERT_ID);
  }

  @Test
  void request_withEverythingOptional_isRead() throws Exception {
    byte[] version = DerWriter.value(Der.constructed(0), DerWriter.integer(BigInteger.ZERO));
    byte[] requestor = DerWriter.value(Der.constructed(1), DerWriter.value(0x82, bytes("61")));
    byte[] nonce =
        DerWriter.sequence(NONCE_OID, DerWriter.octetString(DerWriter.octetString(new byte[8])));
    byte[] extensions = DerWriter.value(Der.constructed(2), DerWriter.sequence(nonce));
    byte[] certs = DerWriter.value(Der.constructed(0), DerWriter.sequence());
    byte[] signature =
        DerWriter.value(
            Der.constructed(0),
            DerWriter.sequence(
                DerWriter.sequence(SHA1), DerWriter.value(Der.BIT_STRING, bytes("00ff")), certs));
    byte[] tbs = DerWriter.sequence(version, requestor, list(CERT_ID), extensions);

    RequestReader.Request request = RequestReader.read(DerWriter.sequence(tbs, signature));

    assertThat(request.certIds()).containsExactly(CERT_ID);
    assertThat(request.hasNonce()).isTrue();
  }

  @Test
  void request_sameExtensionTwice_isRefused() {
    byte[] nonce = DerWriter.sequence(NONCE_OID, DerWriter.octetString(new byte[8]));
    byte[] extensions = DerWriter.value(Der.constructed(2), DerWriter.sequence(nonce, nonce));
    byte[] request = DerWriter.sequence(DerWriter.sequence(list(CERT_ID), extensions));

    assertThatThrownBy(() -> RequestReader.read(request))
        .isInstanceOf(DerException.class)
        .hasMessageContaining("twice");
  }

  @Test
  void request_ofAnotherVersion_isRefused() {
    byte[] version = DerWriter.value(Der.constructed(0), DerWriter.integer(BigInteger.ONE));

    assertThatThrownBy(() ->
            RequestReader.read(DerWriter.sequence(DerWriter.sequence(version, list(CERT_ID)))))
        .isInstanceOf(DerException.class)
        .hasMessageContaining("version");
  }

  @Test
  void request_aboutTooMany_isRefused() throws Exception {
    byte[][] most = Collections.nCopies(RequestReader.MAX_REQUESTS, CERT_ID).toArray(new byte[0][]);
    byte[][] tooMany = Arrays.copyOf(most, most.length + 1);
    tooMany[most.length] = CERT_ID;

    assertThat(RequestReader.read(request(list(most))).certIds()).hasSize(most.length);
    assertThatThrownBy(() -> RequestReader.read(request(list(tooMany))))
        .isInstanceOf(DerException.class);
  }

  @Test
  void request_anyPrefixOrTrailingByte_isRefused() {
    byte[] whole = request(list(CERT_ID));

    for (int length = 0; length < whole.length; length++) {
      byte[] prefix = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> RequestReader.read(prefix)).isInstanceOf(DerException.class);
    }
    assertThatThrownBy(() -> RequestReader.read(Arrays.copyOf(whole, whole.length + 1)))
        .isInstanceOf(DerException.class);
  }

  private static byte[] request(byte[] list) {
    return DerWriter.sequence(DerWriter.sequence(list));
  }

  private static byte[] list(byte[]... certIds) {
    return DerWriter.sequence(
        Arrays.stream(certIds).map(DerWriter::sequence).toArray(byte[][]::new));
  }

  private static byte[] certId(byte[] algorithm) {
    return DerWriter.sequence(
        algorithm,
        DerWriter.octetString(bytes("0102")),
        DerWriter.octetString(bytes("0304")),
        DerWriter.value(Der.INTEGER, bytes("05")));
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
