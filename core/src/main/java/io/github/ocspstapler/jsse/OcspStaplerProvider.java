package io.github.ocspstapler.jsse;

import static java.util.Objects.requireNonNull;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.security.UnrecoverableKeyException;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.KeyManagerFactorySpi;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A security provider whose {@link KeyManagerFactory} wraps the key managers that the JVM's next
 * provider makes, so that every certificate they serve is stapled.
 *
 * <pre>{@code
 * KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX", new OcspStaplerProvider(stapler));
 * }</pre>
 *
 * <p>For a server that loads its keys itself, make it the JVM's first provider: {@code
 * Security.insertProviderAt(new OcspStaplerProvider(stapler), 1)}. Whoever asks for {@code PKIX},
 * {@code SunX509} or {@code NewSunX509} without naming a provider then gets wrapped key managers,
 * again after each reload. A JVM takes one provider of this name; a second one is refused.
 *
 * <p>Thread-safe; its factories are as thread-safe as the JDK's. Initializing a factory lists its
 * certificates, which may block as the key manager does. What the wrapper throws is logged, and the
 * key managers are then passed on as they are: no server fails to start because of it.
 */
public final class OcspStaplerProvider extends Provider {
  /** The provider's name: {@value}. */
  public static final String NAME = "OcspStapler";

  private static final long serialVersionUID = 1L;
  private static final String TYPE = "KeyManagerFactory";
  private static final List<String> ALGORITHMS = List.of("PKIX", "SunX509", "NewSunX509");

  /**
   * Creates a provider.
   *
   * @param wrapper what wraps each key manager, usually a {@link io.github.ocspstapler.Stapler}
   */
  public OcspStaplerProvider(KeyManagerWrapper wrapper) {
    super(NAME, "1", "Key managers whose certificates are stapled (RFC 6066 section 8)");
    requireNonNull(wrapper, "wrapper");
    for (String algorithm : ALGORITHMS) {
      putService(new FactoryService(this, algorithm, wrapper));
    }
  }

  private static final class FactoryService extends Service {
    private final KeyManagerWrapper wrapper;

    FactoryService(Provider provider, String algorithm, KeyManagerWrapper wrapper) {
      super(provider, TYPE, algorithm, Factory.class.getName(), null, null);
      this.wrapper = wrapper;
    }

    @Override
    public Object newInstance(@Nullable Object parameter) throws NoSuchAlgorithmException {
      return new Factory(next(getAlgorithm()), wrapper);
    }

    /** What the JVM would have taken without us, or copies of us by other class loaders. */
    private static KeyManagerFactory next(String algorithm) throws NoSuchAlgorithmException {
      for (Provider provider : Security.getProviders()) {
        if (!provider.getName().equals(NAME) && provider.getService(TYPE, algorithm) != null) {
          return KeyManagerFactory.getInstance(algorithm, provider);
        }
      }
      throw new NoSuchAlgorithmException("no other provider makes key managers of " + algorithm);
    }
  }

  /** A factory around another. Confined to one thread, as the JDK's. */
  private static final class Factory extends KeyManagerFactorySpi {
    private final KeyManagerFactory next;
    private final KeyManagerWrapper wrapper;
    private KeyManager[] wrapped = {}; // the JDK refuses to get any before it is initialized

    Factory(KeyManagerFactory next, KeyManagerWrapper wrapper) {
      this.next = next;
      this.wrapper = wrapper;
    }

    @Override
    protected void engineInit(@Nullable KeyStore keys, char @Nullable [] password)
        throws KeyStoreException, NoSuchAlgorithmException, UnrecoverableKeyException {
      next.init(keys, password);
      wrapped = wrapAll();
    }

    @Override
    protected void engineInit(@Nullable ManagerFactoryParameters parameters)
        throws InvalidAlgorithmParameterException {
      next.init(parameters);
      wrapped = wrapAll();
    }

    @Override
    protected KeyManager[] engineGetKeyManagers() {
      return wrapped.clone();
    }

    private KeyManager[] wrapAll() {
      KeyManager[] managers = next.getKeyManagers().clone();
      for (int i = 0; i < managers.length; i++) {
        if (managers[i] instanceof X509ExtendedKeyManager keyManager) {
          managers[i] = wrap(keyManager);
        }
      }
      return managers;
    }

    private X509ExtendedKeyManager wrap(X509ExtendedKeyManager keyManager) {
      try {
        return wrapper.wrap(keyManager);
      } catch (RuntimeException | Error e) {
        Log.failed(e);
        return keyManager;
      }
    }
  }

  // Looked up when there is something to say: an agent makes a provider before logging is set up.
  private static final class Log {
    static void failed(Throwable cause) {
      try {
        Logger log = System.getLogger(OcspStaplerProvider.class.getName());
        String what = "A key manager could not be handed to the stapler; it goes on unstapled";
        log.log(Level.WARNING, what, cause);
      } catch (RuntimeException | Error unwritten) {
        // A log that fails is no reason for a server not to start.
      }
    }
  }
}
