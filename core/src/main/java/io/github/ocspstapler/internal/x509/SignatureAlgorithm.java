package io.github.ocspstapler.internal.x509;

import io.github.ocspstapler.internal.der.Der;
import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.DerReader;
import io.github.ocspstapler.internal.der.ObjectIdentifiers;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A signature algorithm that an {@code AlgorithmIdentifier} names, and what it is worth.
 *
 * <p>RSA PKCS#1 and ECDSA with SHA-2, RSASSA-PSS with SHA-2 (its parameters decide, and its mask
 * must use the same hash), Ed25519 and Ed448. Anything else is unknown; MD2 and MD5 are known, to
 * be called by their names when they are refused.
 *
 * @param name the name that JCA gives it, or a word for one that is refused
 * @param strength whether it may be believed
 * @param parameters what RSASSA-PSS is set to, null for the others
 */
public record SignatureAlgorithm(
    String name, Strength strength, @Nullable AlgorithmParameterSpec parameters) {

  /** What a signature by an algorithm is worth. */
  public enum Strength {
    /** Believed. */
    STRONG,
    /** Rests on SHA-1: believed only where the caller says so. */
    SHA1,
    /** Broken or not known: never believed. */
    NONE
  }

  private record Known(DerReader oid, SignatureAlgorithm algorithm) {
    Known(String oid, String name, Strength strength) {
      this(identifier(oid), new SignatureAlgorithm(name, strength, null));
    }
  }

  private record Digest(DerReader oid, String name, Strength strength) {
    Digest(String oid, String name, Strength strength) {
      this(identifier(oid), name, strength);
    }
  }

  // The most frequent first.
  private static final List<Known> KNOWN =
      List.of(
          new Known("2a864886f70d01010b", "SHA256withRSA", Strength.STRONG),
          new Known("2a8648ce3d040302", "SHA256withECDSA", Strength.STRONG),
          new Known("2a8648ce3d040303", "SHA384withECDSA", Strength.STRONG),
          new Known("2a8648ce3d040304", "SHA512withECDSA", Strength.STRONG),
          new Known("2a8648ce3d040301", "SHA224withECDSA", Strength.STRONG),
          new Known("2a864886f70d01010c", "SHA384withRSA", Strength.STRONG),
          new Known("2a864886f70d01010d", "SHA512withRSA", Strength.STRONG),
          new Known("2a864886f70d01010e", "SHA224withRSA", Strength.STRONG),
          new Known("2b6570", "Ed25519", Strength.STRONG),
          new Known("2b6571", "Ed448", Strength.STRONG),
          new Known("2a864886f70d010105", "SHA1withRSA", Strength.SHA1),
          new Known("2b0e03021d", "SHA1withRSA", Strength.SHA1), // OIW's number for the same
          new Known("2a8648ce3d0401", "SHA1withECDSA", Strength.SHA1),
          new Known("2a864886f70d010104", "MD5withRSA", Strength.NONE),
          new Known("2a864886f70d010102", "MD2withRSA", Strength.NONE),
          new Known("2a8648ce380403", "SHA1withDSA", Strength.NONE));

  private static final List<Digest> DIGESTS =
      List.of(
          new Digest("608648016503040201", "SHA-256", Strength.STRONG),
          new Digest("608648016503040202", "SHA-384", Strength.STRONG),
          new Digest("608648016503040203", "SHA-512", Strength.STRONG),
          new Digest("608648016503040204", "SHA-224", Strength.STRONG),
          new Digest("2b0e03021a", "SHA-1", Strength.SHA1));

  private static final byte[] RSASSA_PSS = HexFormat.of().parseHex("2a864886f70d01010a");
  private static final byte[] MGF1 = HexFormat.of().parseHex("2a864886f70d010108");
  private static final int DEFAULT_SALT = 20;
  private static final int MAX_SALT = 512;

  /**
   * Reads an {@code AlgorithmIdentifier}.
   *
   * @param encoded a reader over it with its header; it is not moved
   * @return the algorithm, of strength {@link Strength#NONE} if it is not known
   * @throws DerException if it is not one, or its parameters are not what the algorithm's must be
   */
  public static SignatureAlgorithm read(DerReader encoded) throws DerException {
    DerReader fields = encoded.copy().sequence("signatureAlgorithm");
    DerReader oid = fields.oid("signature algorithm");
    if (oid.is(RSASSA_PSS)) {
      SignatureAlgorithm pss = pss(fields);
      fields.finish("RSASSA-PSS parameters");
      return pss;
    }
    for (Known known : KNOWN) {
      if (oid.is(known.oid)) {
        // NULL for RSA, nothing for the others (RFC 4055, 5758, 8410); each is sent for the other.
        if (fields.hasMore()) {
          fields.nothing("signature algorithm parameters");
        }
        fields.finish("signature algorithm parameters");
        return known.algorithm;
      }
    }
    String name = "unknown algorithm " + ObjectIdentifiers.dotted(oid);
    return new SignatureAlgorithm(name, Strength.NONE, null);
  }

  /**
   * Returns whether the signature over these bytes is the key's.
   *
   * @param key the signer's public key
   * @param signed a reader over the signed bytes
   * @param signature a reader over the signature
   * @param provider who verifies, or null for the first that can
   * @return whether it is; false also if the key is of another kind than the algorithm
   * @throws GeneralSecurityException if the provider does not have the algorithm
   */
  public boolean verifies(
      PublicKey key, DerReader signed, DerReader signature, @Nullable Provider provider)
      throws GeneralSecurityException {
    Signature verifier =
        provider == null ? Signature.getInstance(name) : Signature.getInstance(name, provider);
    try {
      if (parameters != null) {
        verifier.setParameter(parameters);
      }
      verifier.initVerify(key);
      verifier.update(signed.array(), signed.offset(), signed.length());
      return verifier.verify(signature.array(), signature.offset(), signature.length());
    } catch (GeneralSecurityException | RuntimeException e) {
      // A key of another kind, a signature that cannot be read. Providers say it in many ways, some
      // unchecked (ProviderException); whichever it was, nothing has been verified.
      return false;
    }
  }

  /** RFC 4055 section 3.1. */
  private static SignatureAlgorithm pss(DerReader fields) throws DerException {
    DerReader parameters = fields.sequence("RSASSA-PSS parameters");
    DerReader hash = parameters.readIf(Der.constructed(0), "hashAlgorithm");
    Digest digest = hash == null ? sha1() : digest(hash);
    DerReader mask = parameters.readIf(Der.constructed(1), "maskGenAlgorithm");
    Digest maskDigest = mask == null ? sha1() : maskDigest(mask);
    int salt = small(parameters.readIf(Der.constructed(2), "saltLength"), DEFAULT_SALT);
    int trailer = small(parameters.readIf(Der.constructed(3), "trailerField"), 1);
    parameters.finish("trailerField");
    if (digest == null || !digest.equals(maskDigest) || salt > MAX_SALT || trailer != 1) {
      return new SignatureAlgorithm("RSASSA-PSS with unusual parameters", Strength.NONE, null);
    }
    return new SignatureAlgorithm(
        "RSASSA-PSS",
        digest.strength,
        new PSSParameterSpec(
            digest.name, "MGF1", new MGF1ParameterSpec(digest.name), salt, trailer));
  }

  private static @Nullable Digest maskDigest(DerReader mask) throws DerException {
    DerReader function = mask.sequence("maskGenAlgorithm");
    mask.finish("maskGenAlgorithm");
    if (!function.oid("mask generation function").is(MGF1)) {
      return null;
    }
    return digest(function);
  }

  private static @Nullable Digest digest(DerReader wrapper) throws DerException {
    DerReader fields = wrapper.sequence("hash algorithm");
    wrapper.finish("hash algorithm");
    DerReader oid = fields.oid("hash algorithm");
    if (fields.hasMore()) {
      fields.nothing("hash algorithm parameters");
    }
    fields.finish("hash algorithm parameters");
    for (Digest digest : DIGESTS) {
      if (oid.is(digest.oid)) {
        return digest;
      }
    }
    return null;
  }

  /** An OBJECT IDENTIFIER to compare with; never moved. */
  private static DerReader identifier(String hex) {
    return DerReader.of(HexFormat.of().parseHex(hex));
  }

  private static Digest sha1() {
    return DIGESTS.get(DIGESTS.size() - 1);
  }

  private static int small(@Nullable DerReader wrapper, int absent) throws DerException {
    if (wrapper == null) {
      return absent;
    }
    int value = wrapper.small(Der.INTEGER, "RSASSA-PSS parameter");
    wrapper.finish("RSASSA-PSS parameter");
    return value;
  }
}
