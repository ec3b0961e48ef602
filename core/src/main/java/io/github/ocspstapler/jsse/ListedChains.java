package io.github.ocspstapler.jsse;

import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The chains that a key manager lists, each once, read when it is asked for: a key manager may
 * decrypt a private key for each. Not thread-safe.
 */
final class ListedChains implements Iterator<List<X509Certificate>> {
  // The public key algorithms of the JDK, and the names that its TLS 1.2 cipher suites have for
  // them: a key manager lists aliases by these only.
  private static final List<String> KEY_TYPES =
      List.of("EC", "RSA", "RSASSA-PSS", "EdDSA", "Ed25519", "Ed448", "DSA", "EC_EC", "EC_RSA");

  private final X509ExtendedKeyManager keyManager;
  private final Iterator<String> keyTypes = KEY_TYPES.iterator();
  private final Set<List<X509Certificate>> seen = new HashSet<>();
  private Iterator<String> aliases = List.<String>of().iterator();
  private @Nullable List<X509Certificate> next;

  ListedChains(X509ExtendedKeyManager keyManager) {
    this.keyManager = keyManager;
  }

  @Override
  public boolean hasNext() {
    while (next == null && (aliases.hasNext() || keyTypes.hasNext())) {
      if (aliases.hasNext()) {
        next = unseen(keyManager.getCertificateChain(aliases.next()));
      } else {
        String @Nullable [] listed = keyManager.getServerAliases(keyTypes.next(), null);
        aliases = listed == null ? List.<String>of().iterator() : Arrays.asList(listed).iterator();
      }
    }
    return next != null;
  }

  private @Nullable List<X509Certificate> unseen(X509Certificate @Nullable [] chain) {
    if (chain == null || chain.length == 0) {
      return null;
    }
    List<X509Certificate> copy = List.of(chain);
    return seen.add(copy) ? copy : null;
  }

  @Override
  public List<X509Certificate> next() {
    List<X509Certificate> chain = hasNext() ? next : null;
    if (chain == null) {
      throw new NoSuchElementException();
    }
    next = null;
    return chain;
  }
}
