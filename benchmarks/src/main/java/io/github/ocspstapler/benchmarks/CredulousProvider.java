package io.github.ocspstapler.benchmarks;

import java.security.InvalidParameterException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.SignatureSpi;

/** Says of every signature at once that it is right: for benchmarks in which none is measured. */
final class CredulousProvider extends Provider {
  private static final long serialVersionUID = 1L;

  CredulousProvider() {
    super("Credulous", "1", "Believes every signature");
    for (String algorithm : new String[] {"SHA256withECDSA", "SHA256withRSA"}) {
      putService(
          new Service(this, "Signature", algorithm, Credulous.class.getName(), null, null) {
            @Override
            public Object newInstance(Object parameter) {
              return new Credulous();
            }
          });
    }
  }

  private static final class Credulous extends SignatureSpi {
    @Override
    protected void engineInitVerify(PublicKey publicKey) {}

    @Override
    protected void engineInitSign(PrivateKey privateKey) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void engineUpdate(byte b) {}

    @Override
    protected void engineUpdate(byte[] bytes, int from, int length) {}

    @Override
    protected byte[] engineSign() throws SignatureException {
      throw new SignatureException("does not sign");
    }

    @Override
    protected boolean engineVerify(byte[] signature) {
      return true;
    }

    @Override
    @Deprecated
    protected void engineSetParameter(String name, Object value) {
      throw new InvalidParameterException(name);
    }

    @Override
    @Deprecated
    protected Object engineGetParameter(String name) {
      throw new InvalidParameterException(name);
    }
  }
}
