package io.github.ocspstapler.internal.der;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DerReaderTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // nothing
        "30", // no length
        "3001", // longer than what there is
        "30800000", // indefinite length
        "308100", // not minimal: 0 in the long form
        "30817f", // not minimal: 127 in the long form
        "30820080", // not minimal: 128 in two bytes
        "3081", // length cut off
        "30858000000000", // more than four bytes of length
        "3084ffffffff", // 4 GiB
        "30847fffffff", // 2 GiB - 1, and nothing there
        "1f0100", // a tag number of 31 and more
        "0000", // the reserved tag 0
        "3100" // SET instead of SEQUENCE
      })
  void sequence_notDer_isRefused(String hex) {
    assertThatThrownBy(() -> reader(hex).sequence("test")).isInstanceOf(DerException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1f0100", "0000", "", "3001", "3080000000"})
  void element_notDer_isRefused(String hex) {
    assertThatThrownBy(() -> reader(hex).element("test")).isInstanceOf(DerException.class);
  }

  @Test
  void sequence_longForm_isRead() throws Exception {
    byte[] content = new byte[300];

    DerReader outer = DerReader.of(DerWriter.sequence(content));
    DerReader inner = outer.sequence("test");

    assertThat(inner.bytes()).isEqualTo(content);
    outer.finish("test");
    assertThat(outer.hasMore()).isFalse();
    assertThat(outer.peek()).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 255, 256, 65535, 65536, 1 << 24})
  void writer_anyLength_isReadBack(int length) throws Exception {
    byte[] encoded = DerWriter.octetString(new byte[length]);

    assertThat(DerReader.of(encoded).octetString("test").length()).isEqualTo(length);
  }

  @Test
  void finish_withBytesLeft_isRefused() {
    assertThatThrownBy(() -> reader("050000").finish("test"))
        .isInstanceOf(DerException.class)
        .hasMessageContaining("3 bytes too many");
  }

  @Test
  void finish_withBytesLeftBehindOthers_countsThoseThatAreLeft() throws Exception {
    DerReader reader = reader("0500" + "050000");
    reader.nothing("test");

    assertThatThrownBy(() -> reader.finish("test"))
        .hasMessageContaining("3 bytes too many at offset 2");
  }

  @ParameterizedTest
  @CsvSource({"ff, 82", "ff, 83", "ffff, 83", "0100, 83", "010000, 84"})
  void length_inMoreBytesThanItNeeds_isRefusedThoughTheContentIsThere(String length, String octets)
      throws Exception {
    int count = Integer.parseInt(octets, 16) & 0x7f;
    byte[] header = bytes("04" + octets + "00".repeat(count - length.length() / 2) + length);
    byte[] encoded = Arrays.copyOf(header, header.length + Integer.parseInt(length, 16));

    assertThatThrownBy(() -> DerReader.of(encoded).octetString("test"))
        .isInstanceOf(DerException.class)
        .hasMessageContaining("not minimal");
  }

  @Test
  void length_indefinite_isCalledByItsName() {
    assertThatThrownBy(() -> reader("30800000").sequence("test"))
        .hasMessageContaining("indefinite");
    assertThatThrownBy(() -> reader("30858000000000").sequence("test"))
        .hasMessageContaining("does not fit");
  }

  @Test
  void read_innerLongerThanOuter_isRefused() throws Exception {
    DerReader inner = reader("300204030000ff").sequence("outer");

    assertThatThrownBy(() -> inner.octetString("inner"))
        .isInstanceOf(DerException.class)
        .hasMessageContaining("longer than what encloses it");
  }

  @Test
  void element_anyTag_keepsItsHeaderAndMovesOn() throws Exception {
    DerReader reader = reader("a1020500" + "0101ff");

    assertThat(reader.element("first").bytes()).isEqualTo(bytes("a1020500"));
    assertThat(reader.bool("second")).isTrue();
    assertThat(reader.hasMore()).isFalse();
  }

  @Test
  void readIf_anotherTag_readsNothing() throws Exception {
    DerReader reader = reader("0500");

    assertThat(reader.readIf(0xa0, "test")).isNull();
    assertThat(reader.length()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"010101", "01020000", "0100", "0101"})
  void bool_notDer_isRefused(String hex) {
    assertThatThrownBy(() -> reader(hex).bool("test")).isInstanceOf(DerException.class);
  }

  @Test
  void bool_ofEitherValue_isRead() throws Exception {
    assertThat(reader("0101ff").bool("test")).isTrue();
    assertThat(reader("010100").bool("test")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "020100, 0",
    "02017f, 127",
    "02020080, 128",
    "0201ff, -1",
    "020180, -128",
    "0202ff7f, -129",
    "0203010000, 65536"
  })
  void integer_minimal_isRead(String hex, BigInteger expected) throws Exception {
    assertThat(reader(hex).integer("test")).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0200", "02020000", "0202007f", "0202ffff", "0202ff80", "030100"})
  void integer_notMinimal_isRefused(String hex) {
    assertThatThrownBy(() -> reader(hex).integer("test")).isInstanceOf(DerException.class);
    assertThatThrownBy(() -> reader(hex).integerBytes("test")).isInstanceOf(DerException.class);
  }

  @Test
  void integer_tooLarge_isRefusedAsNumberOnly() throws Exception {
    byte[] large = new byte[DerReader.MAX_INTEGER_BYTES + 1];
    large[0] = 1;
    byte[] encoded = DerWriter.value(Der.INTEGER, large);

    assertThatThrownBy(() -> DerReader.of(encoded).integer("test"))
        .isInstanceOf(DerException.class);
    assertThat(DerReader.of(encoded).integerBytes("test").is(large)).isTrue();
  }

  @Test
  void integer_asLargeAsItMayBe_isRead() throws Exception {
    byte[] largest = new byte[DerReader.MAX_INTEGER_BYTES];
    largest[0] = 1;

    assertThat(DerReader.of(DerWriter.value(Der.INTEGER, largest)).integer("test"))
        .isEqualTo(new BigInteger(largest));
  }

  @ParameterizedTest
  @CsvSource({"020100, 0", "02017f, 127", "02020080, 128", "020300ffff, 65535"})
  void small_inRange_isRead(String hex, int expected) throws Exception {
    assertThat(reader(hex).small(Der.INTEGER, "test")).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0201ff", "0203010000", "020400ffff01", "02050100000000", "0a0100", "0200"})
  void small_outOfRange_isRefused(String hex) {
    assertThatThrownBy(() -> reader(hex).small(Der.INTEGER, "test"))
        .isInstanceOf(DerException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0600", "060180", "06022a80", "06028001", "0603808001", "06022a86", "0500"})
  void oid_notDer_isRefused(String hex) {
    assertThatThrownBy(() -> reader(hex).oid("test")).isInstanceOf(DerException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "06092b0601050507300102, 1.3.6.1.5.5.7.48.1.2",
    "06032a0304, 1.2.3.4",
    "0603883703, 2.999.3",
    "06042a818001, 1.2.16385",
    "060100, 0.0",
    "06014f, 1.39",
    "060150, 2.0"
  })
  void oid_dotted_isWhatPeopleWrite(String hex, String expected) throws Exception {
    assertThat(ObjectIdentifiers.dotted(reader(hex).oid("test"))).isEqualTo(expected);
  }

  @Test
  void oid_endless_isCutOff() throws Exception {
    byte[] arcs = new byte[100];

    assertThat(ObjectIdentifiers.dotted(DerReader.of(DerWriter.oid(arcs)).oid("test")))
        .hasSizeLessThan(100)
        .endsWith("…");
  }

  @Test
  void bitString_ofWholeBytes_isRead() throws Exception {
    assertThat(reader("030300abcd").bitString("test").bytes()).isEqualTo(bytes("abcd"));
    assertThat(reader("030100").bitString("test").bytes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0300", "030201fe", "030208ff", "0302ffff"})
  void bitString_withUnusedBits_isRefused(String hex) {
    assertThatThrownBy(() -> reader(hex).bitString("test")).isInstanceOf(DerException.class);
  }

  @Test
  void nothing_withContent_isRefused() throws Exception {
    reader("0500").nothing("test");

    assertThatThrownBy(() -> reader("050100").nothing("test")).isInstanceOf(DerException.class);
  }

  @Test
  void generalizedTime_atTheEnds_isRead() throws Exception {
    assertThat(time("00000101000000Z")).isEqualTo(Instant.parse("0000-01-01T00:00:00Z"));
    assertThat(time("99991231235959Z")).isEqualTo(Instant.parse("9999-12-31T23:59:59Z"));
    assertThat(time("20240229000000Z")).isEqualTo(Instant.parse("2024-02-29T00:00:00Z"));
  }

  @Test
  void copy_moved_leavesTheOriginal() throws Exception {
    DerReader reader = reader("0500");

    reader.copy().nothing("test");

    assertThat(reader.length()).isEqualTo(2);
    assertThat(reader.is(reader.copy())).isTrue();
    assertThat(reader.is(reader("0501"))).isFalse();
    assertThat(reader.is(bytes("0500"))).isTrue();
    assertThat(reader.is(bytes("0501"))).isFalse();
    assertThat(reader.offset()).isZero();
    assertThat(reader.array()).isEqualTo(bytes("0500"));
  }

  @Test
  void offset_behindAValue_isWhereTheNextOneIs() throws Exception {
    DerReader reader = reader("0500" + "0101ff");

    reader.nothing("test");

    assertThat(reader.offset()).isEqualTo(2);
  }

  private static Instant time(String text) throws DerException {
    byte[] encoded =
        DerWriter.value(Der.GENERALIZED_TIME, text.getBytes(StandardCharsets.US_ASCII));
    return DerReader.of(encoded).generalizedTime("test");
  }

  private static DerReader reader(String hex) {
    return DerReader.of(bytes(hex));
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
