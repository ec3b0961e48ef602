package io.github.ocspstapler.ocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ocspstapler.internal.der.Der;
import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.DerWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One response with everything optional, and the same with one value too many, anywhere. */
class ResponseParserTest {
  private static final String NOTHING = "nothing";
  private static final byte[] NULL = DerWriter.nothing();
  private static final String ARCHIVE_CUTOFF = "2b0601050507300106";

  @ParameterizedTest
  @ValueSource(strings = {NOTHING, "byName"})
  void parse_everythingOptional_isRead(String variant) throws Exception {
    ParsedResponse.Basic basic = ResponseParser.parse(response(variant)).basic();

    assertThat(basic.responderKeyHash() == null).isEqualTo(variant.equals("byName"));
    assertThat(basic.responderName() == null).isEqualTo(variant.equals(NOTHING));
    assertThat(basic.certificates()).isNotNull();
    assertThat(basic.singles())
        .singleElement()
        .satisfies(single -> {
          assertThat(single.status()).isInstanceOf(CertificateStatus.Revoked.class);
          assertThat(single.nextUpdate()).isEqualTo("2026-06-02T00:00:00Z");
          assertThat(single.extensions().archiveCutoff()).isEqualTo("2020-01-01T00:00:00Z");
        });
  }

  // S2: two readers must not read two things.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "OCSPResponse",
        "responseBytes",
        "ResponseBytes",
        "response",
        "BasicOCSPResponse",
        "certs",
        "ResponseData",
        "version",
        "responderID byName",
        "responderID byKey",
        "responses",
        "SingleResponse",
        "certID",
        "hashAlgorithm",
        "revokedInfo",
        "revocationReason",
        "nextUpdate",
        "singleExtensions",
        "Extensions",
        "Extension"
      })
  void parse_oneValueTooMany_isRefused(String where) {
    byte[] response = response(where);

    assertThatThrownBy(() -> ResponseParser.parse(response)).isInstanceOf(DerException.class);
  }

  @Test
  void parse_anotherVersion_isRefused() {
    byte[] response = response("version 2");

    assertThatThrownBy(() -> ResponseParser.parse(response))
        .isInstanceOf(DerException.class)
        .hasMessageContaining("another version");
  }

  @Test
  void archiveCutoff_withSomethingBehindIt_saysNothing() throws Exception {
    ParsedResponse.Basic basic = ResponseParser.parse(response("archiveCutoff")).basic();

    Instant cutoff = basic.singles().get(0).extensions().archiveCutoff();

    assertThat(cutoff).isNull();
  }

  /** Returns a response with a NULL at the end of the named part. */
  private static byte[] response(String spoilt) {
    Parts parts = new Parts(spoilt);
    byte[] algorithm = DerWriter.sequence(oid("2a0304"));
    byte[] basic =
        parts.of(
            "BasicOCSPResponse",
            Der.SEQUENCE,
            data(parts),
            algorithm,
            DerWriter.value(Der.BIT_STRING, new byte[] {0, 1}),
            parts.of("certs", Der.constructed(0), DerWriter.sequence()));
    return parts.of(
        "OCSPResponse",
        Der.SEQUENCE,
        small(Der.ENUMERATED, 0),
        parts.of(
            "responseBytes",
            Der.constructed(0),
            parts.of(
                "ResponseBytes",
                Der.SEQUENCE,
                oid("2b0601050507300101"),
                parts.of("response", Der.OCTET_STRING, basic))));
  }

  private static byte[] data(Parts parts) {
    int version = parts.spoilt.equals("version 2") ? 1 : 0;
    byte[] responder =
        parts.spoilt.endsWith("byName")
            ? parts.of("responderID byName", Der.constructed(1), DerWriter.sequence())
            : parts.of(
                "responderID byKey", Der.constructed(2), DerWriter.octetString(new byte[20]));
    return parts.of(
        "ResponseData",
        Der.SEQUENCE,
        parts.of("version", Der.constructed(0), small(Der.INTEGER, version)),
        responder,
        time("20260601000000Z"),
        parts.of("responses", Der.SEQUENCE, single(parts)));
  }

  private static byte[] single(Parts parts) {
    byte[] certId =
        parts.of(
            "certID",
            Der.SEQUENCE,
            parts.of("hashAlgorithm", Der.SEQUENCE, oid("2b0e03021a"), NULL),
            DerWriter.octetString(new byte[20]),
            DerWriter.octetString(new byte[20]),
            small(Der.INTEGER, 7));
    byte[] revoked =
        parts.of(
            "revokedInfo",
            Der.constructed(1),
            time("20260501000000Z"),
            parts.of("revocationReason", Der.constructed(0), small(Der.ENUMERATED, 1)));
    byte[] extension =
        parts.of(
            "Extension",
            Der.SEQUENCE,
            oid(ARCHIVE_CUTOFF),
            parts.of("archiveCutoff", Der.OCTET_STRING, time("20200101000000Z")));
    return parts.of(
        "SingleResponse",
        Der.SEQUENCE,
        certId,
        revoked,
        time("20260601000000Z"),
        parts.of("nextUpdate", Der.constructed(0), time("20260602000000Z")),
        parts.of(
            "singleExtensions",
            Der.constructed(1),
            parts.of("Extensions", Der.SEQUENCE, extension)));
  }

  /** Makes parts, and spoils one of them. Immutable. */
  private record Parts(String spoilt) {
    byte[] of(String name, int tag, byte[]... contents) {
      if (!name.equals(spoilt)) {
        return DerWriter.value(tag, contents);
      }
      byte[][] more = Arrays.copyOf(contents, contents.length + 1);
      more[contents.length] = NULL;
      return DerWriter.value(tag, more);
    }
  }

  private static byte[] oid(String hex) {
    return DerWriter.oid(HexFormat.of().parseHex(hex));
  }

  private static byte[] small(int tag, int value) {
    return DerWriter.value(tag, new byte[] {(byte) value});
  }

  private static byte[] time(String text) {
    return DerWriter.value(Der.GENERALIZED_TIME, text.getBytes(StandardCharsets.US_ASCII));
  }
}
