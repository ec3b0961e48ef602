package io.github.ocspstapler.benchmarks;

import java.math.BigInteger;
import java.security.Principal;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/**
 * A certificate like another but for its serial number, and a hundred times smaller: for a million
 * of them where nobody looks at their bytes.
 */
final class LightCertificate extends X509Certificate {
  private static final long serialVersionUID = 1;

  private final transient X509Certificate like;
  private final long serialNumber;

  LightCertificate(X509Certificate like, long serialNumber) {
    this.like = like;
    this.serialNumber = serialNumber;
  }

  @Override
  public BigInteger getSerialNumber() {
    return BigInteger.valueOf(serialNumber);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LightCertificate that && serialNumber == that.serialNumber;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(serialNumber * 0x9e37_79b9_7f4a_7c15L);
  }

  @Override
  public void checkValidity() {}

  @Override
  public void checkValidity(Date date) {}

  @Override
  public int getVersion() {
    return like.getVersion();
  }

  @Override
  @SuppressWarnings("deprecation")
  public Principal getIssuerDN() {
    return like.getIssuerDN();
  }

  @Override
  @SuppressWarnings("deprecation")
  public Principal getSubjectDN() {
    return like.getSubjectDN();
  }

  @Override
  public X500Principal getIssuerX500Principal() {
    return like.getIssuerX500Principal();
  }

  @Override
  public X500Principal getSubjectX500Principal() {
    return like.getSubjectX500Principal();
  }

  @Override
  public Date getNotBefore() {
    return like.getNotBefore();
  }

  @Override
  public Date getNotAfter() {
    return like.getNotAfter();
  }

  @Override
  public byte[] getTBSCertificate() throws CertificateEncodingException {
    return like.getTBSCertificate();
  }

  @Override
  public byte[] getSignature() {
    return like.getSignature();
  }

  @Override
  public String getSigAlgName() {
    return like.getSigAlgName();
  }

  @Override
  public String getSigAlgOID() {
    return like.getSigAlgOID();
  }

  @Override
  public byte[] getSigAlgParams() {
    return like.getSigAlgParams();
  }

  @Override
  public boolean[] getIssuerUniqueID() {
    return like.getIssuerUniqueID();
  }

  @Override
  public boolean[] getSubjectUniqueID() {
    return like.getSubjectUniqueID();
  }

  @Override
  public boolean[] getKeyUsage() {
    return like.getKeyUsage();
  }

  @Override
  public int getBasicConstraints() {
    return like.getBasicConstraints();
  }

  @Override
  public byte[] getEncoded() throws CertificateEncodingException {
    byte[] der = like.getEncoded();
    byte[] serial = Population.serial(serialNumber); // in place of the signature's end
    System.arraycopy(serial, 0, der, der.length - serial.length, serial.length);
    return der;
  }

  @Override
  public void verify(PublicKey key) {}

  @Override
  public void verify(PublicKey key, String provider) {}

  @Override
  public PublicKey getPublicKey() {
    return like.getPublicKey();
  }

  @Override
  public boolean hasUnsupportedCriticalExtension() {
    return like.hasUnsupportedCriticalExtension();
  }

  @Override
  public Set<String> getCriticalExtensionOIDs() {
    return like.getCriticalExtensionOIDs();
  }

  @Override
  public Set<String> getNonCriticalExtensionOIDs() {
    return like.getNonCriticalExtensionOIDs();
  }

  @Override
  public byte[] getExtensionValue(String oid) {
    return like.getExtensionValue(oid);
  }

  @Override
  public String toString() {
    return "certificate " + serialNumber;
  }
}
