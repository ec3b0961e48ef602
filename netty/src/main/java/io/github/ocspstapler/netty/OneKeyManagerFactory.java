package io.github.ocspstapler.netty;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyStore;
import java.security.Provider;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.KeyManagerFactorySpi;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** A factory of one key manager that is there already. */
final class OneKeyManagerFactory extends KeyManagerFactory {
  private static final String NAME = "OcspStapler";

  private OneKeyManagerFactory(Spi spi) {
    super(spi, new None(), NAME);
  }

  static KeyManagerFactory of(X509ExtendedKeyManager keyManager) {
    OneKeyManagerFactory factory = new OneKeyManagerFactory(new Spi(keyManager));
    try {
      factory.init(null, null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("there is nothing to initialize", e);
    }
    return factory;
  }

  private static final class Spi extends KeyManagerFactorySpi {
    private final X509ExtendedKeyManager keyManager;

    Spi(X509ExtendedKeyManager keyManager) {
      this.keyManager = keyManager;
    }

    @Override
    protected void engineInit(@Nullable KeyStore keys, char @Nullable [] password) {}

    @Override
    protected void engineInit(ManagerFactoryParameters parameters)
        throws InvalidAlgorithmParameterException {
      throw new InvalidAlgorithmParameterException("this factory has its key manager already");
    }

    @Override
    protected KeyManager[] engineGetKeyManagers() {
      return new KeyManager[] {keyManager};
    }
  }

  /** A factory must have a provider. It offers nothing and is not registered anywhere. */
  private static final class None extends Provider {
    private static final long serialVersionUID = 1L;

    None() {
      super(NAME, "1", "a factory of one key manager");
    }
  }
}
