package io.github.ocspstapler.internal.x509;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ocspstapler.internal.der.Der;
import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.DerReader;
import io.github.ocspstapler.internal.der.DerWriter;
import io.github.ocspstapler.internal.x509.SignatureAlgorithm.Strength;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.PSSParameterSpec;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureAlgorithmTest {
  private static final byte[] PSS = DerWriter.oid(bytes("2a864886f70d01010a"));
  private static final byte[] MGF1 = DerWriter.oid(bytes("2a864886f70d010108"));
  private static final byte[] SHA256_OID = DerWriter.oid(bytes("608648016503040201"));
  private static final byte[] SHA256 = digest("608648016503040201");
  private static final byte[] SHA512 = digest("608648016503040203");

  @ParameterizedTest
  @Tag("R12")
  @Tag("R14")
  @CsvSource({
    "300d06092a864886f70d01010b0500, SHA256withRSA, STRONG",
    "300b06092a864886f70d01010b, SHA256withRSA, STRONG",
    "300a06082a8648ce3d040302, SHA256withECDSA, STRONG",
    "300506032b6570, Ed25519, STRONG",
    "300506032b6571, Ed448, STRONG",
    "300d06092a864886f70d0101050500, SHA1withRSA, SHA1",
    "300906072a8648ce3d0401, SHA1withECDSA, SHA1",
    "300d06092a864886f70d0101040500, MD5withRSA, NONE",
    "300d06092a864886f70d0101020500, MD2withRSA, NONE",
    "300506032a0304, unknown algorithm 1.2.3.4, NONE"
  })
  void algorithm_byItsNumber_isKnown(String hex, String name, Strength strength) throws Exception {
    SignatureAlgorithm algorithm = SignatureAlgorithm.read(DerReader.of(bytes(hex)));

    assertThat(algorithm.name()).isEqualTo(name);
    assertThat(algorithm.strength()).isEqualTo(strength);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0500",
        "3000",
        "300e06092a864886f70d01010b050100",
        "300f06092a864886f70d01010b05000500",
        "300b06092a864886f70d01010a"
      })
  void algorithm_malformed_isRefused(String hex) {
    assertThatThrownBy(() -> SignatureAlgorithm.read(DerReader.of(bytes(hex))))
        .isInstanceOf(DerException.class);
  }

  @Test
  @Tag("R14")
  void pss_withOneHashThroughout_isStrong() throws Exception {
    SignatureAlgorithm algorithm = pss(wrap(0, SHA512), wrap(1, mgf(SHA512)), number(2, 64));

    assertThat(algorithm.strength()).isEqualTo(Strength.STRONG);
    assertThat(algorithm.parameters())
        .isInstanceOfSatisfying(
            PSSParameterSpec.class,
            spec -> {
              assertThat(spec.getDigestAlgorithm()).isEqualTo("SHA-512");
              assertThat(spec.getSaltLength()).isEqualTo(64);
            });
  }

  @Test
  @Tag("R12")
  void pss_byDefault_restsOnSha1() throws Exception {
    assertThat(pss().strength()).isEqualTo(Strength.SHA1);
    assertThat(pss(wrap(0, SHA256)).strength()).isEqualTo(Strength.NONE);
  }

  @Test
  @Tag("R14")
  void pss_unusual_isNotBelieved() throws Exception {
    byte[] hash = wrap(0, SHA256);
    byte[] mask = wrap(1, mgf(SHA256));
    byte[] unknown = digest("2a03");

    assertThat(pss(hash, wrap(1, mgf(SHA512))).strength()).isEqualTo(Strength.NONE);
    assertThat(pss(hash, mask, number(2, 513)).strength()).isEqualTo(Strength.NONE);
    assertThat(pss(hash, mask, number(2, 32), number(3, 2)).strength()).isEqualTo(Strength.NONE);
    assertThat(pss(wrap(0, unknown), wrap(1, mgf(unknown))).strength()).isEqualTo(Strength.NONE);
    assertThat(pss(hash, wrap(1, DerWriter.sequence(SHA256_OID, SHA256))).strength())
        .isEqualTo(Strength.NONE);
    assertThat(pss(hash, mask, number(2, 32), number(3, 1)).strength()).isEqualTo(Strength.STRONG);
  }

  @Test
  @Tag("R14")
  void ed448_signature_verifies() throws Exception {
    KeyPair keys = KeyPairGenerator.getInstance("Ed448").generateKeyPair();
    Signature signer = Signature.getInstance("Ed448");
    signer.initSign(keys.getPrivate());
    signer.update(bytes("0102"));
    DerReader signature = DerReader.of(signer.sign());
    SignatureAlgorithm algorithm = SignatureAlgorithm.read(DerReader.of(bytes("300506032b6571")));

    assertThat(algorithm.verifies(keys.getPublic(), reader("0102"), signature, null)).isTrue();
    assertThat(algorithm.verifies(keys.getPublic(), reader("0103"), signature, null)).isFalse();
    assertThat(algorithm.verifies(keys.getPublic(), reader("0102"), reader("00"), null)).isFalse();
  }

  private static SignatureAlgorithm pss(byte[]... parameters) throws DerException {
    return SignatureAlgorithm.read(
        DerReader.of(DerWriter.sequence(PSS, DerWriter.sequence(parameters))));
  }

  private static byte[] digest(String oid) {
    return DerWriter.sequence(DerWriter.oid(bytes(oid)), DerWriter.nothing());
  }

  private static byte[] mgf(byte[] digest) {
    return DerWriter.sequence(MGF1, digest);
  }

  private static byte[] wrap(int tag, byte[] content) {
    return DerWriter.value(Der.constructed(tag), content);
  }

  private static byte[] number(int tag, int value) {
    return wrap(tag, DerWriter.integer(BigInteger.valueOf(value)));
  }

  private static DerReader reader(String hex) {
    return DerReader.of(bytes(hex));
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
