package io.github.ocspstapler.store;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * Keeps the newest verified answer about each certificate, so that a server that starts while its
 * responder is down staples from its first handshake on, and processes that share a store ask the
 * responder once between them.
 *
 * <p>A store need not be trusted, nor reliable: what it returns is verified again, and while it
 * fails staples are kept in memory as ever. Certificates are named by the SHA-256 fingerprint of
 * their DER: 64 lower-case hexadecimal digits, so a name is safe in a path or a key.
 *
 * <p>Implementations are thread-safe, and may be used by several staplers and processes at once.
 * Methods may block; they are never called in a handshake's thread or under a lock.
 */
public interface StapleStore {

  /**
   * Returns a store in a directory: for each certificate a file {@code FINGERPRINT.ocsp} with the
   * response's DER, which other servers can staple, and {@code FINGERPRINT.properties} that says
   * what it is.
   *
   * <p>A file is replaced in one step (written beside, flushed to the disk, renamed), so neither a
   * process that is killed nor one that writes at the same time leaves a broken one. The directory
   * is made with the first file. It and the files are for the owner only, where the file system
   * knows owners. Nothing else that is in the directory is touched.
   *
   * @param directory where; need not exist yet
   * @return a store that has done nothing yet
   */
  static StapleStore directory(Path directory) {
    return new DirectoryStore(requireNonNull(directory, "directory"));
  }

  /**
   * Returns a store in this process's memory, for staplers that share answers, and for tests.
   *
   * @return an empty store
   */
  static StapleStore memory() {
    return new MemoryStore();
  }

  /**
   * Returns what is kept about a certificate.
   *
   * @param fingerprint the certificate's
   * @return the newest answer that was saved, empty if there is none
   * @throws IOException if the store cannot tell
   */
  Optional<StoredStaple> load(String fingerprint) throws IOException;

  /**
   * Keeps an answer about a certificate in place of what was kept: all of it, or nothing.
   *
   * @param fingerprint the certificate's
   * @param staple the answer
   * @throws IOException if it cannot be kept; what was kept before is unharmed
   */
  void save(String fingerprint, StoredStaple staple) throws IOException;

  /**
   * Removes what is kept about a certificate, because it is not to be believed.
   *
   * @param fingerprint the certificate's
   * @throws IOException if it cannot be removed
   */
  void remove(String fingerprint) throws IOException;

  /**
   * Removes what nobody can use any more; called now and then. A store whose entries expire by
   * themselves has nothing to do.
   *
   * @param now the time
   * @throws IOException if that fails; the next call tries again
   */
  default void removeExpired(Instant now) throws IOException {}
}
