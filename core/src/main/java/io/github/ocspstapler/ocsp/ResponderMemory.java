package io.github.ocspstapler.ocsp;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client has learned about the responders it asked: which of several worked last, which need
 * a POST, which index by another hash. Bounded: what was not used longest is forgotten first, and
 * costs no more than learning it again.
 *
 * <p>Thread-safe.
 */
final class ResponderMemory {
  /** How many responders, and how many lists of them, are remembered. */
  static final int CAPACITY = 1024;

  private static final class Recent<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;

    Recent() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > CAPACITY;
    }
  }

  // All guarded by this; a look-up reorders them, so it needs the lock as well.
  private final Recent<List<URI>, URI> workedLast = new Recent<>();
  private final Recent<URI, Boolean> posted = new Recent<>();
  private final Recent<URI, CertIdHash> hashes = new Recent<>();

  /** Returns the responders in the same order, but for the one that worked last: it comes first. */
  synchronized List<URI> ordered(List<URI> responders) {
    URI first = workedLast.get(responders);
    if (first == null || first.equals(responders.get(0))) {
      return responders;
    }
    List<URI> ordered = new ArrayList<>(responders);
    ordered.remove(first);
    ordered.add(0, first);
    return List.copyOf(ordered);
  }

  /** Notes that this one of these responders, given in their original order, has answered. */
  synchronized void worked(List<URI> responders, URI responder) {
    if (responders.size() > 1) {
      workedLast.put(responders, responder);
    }
  }

  synchronized boolean needsPost(URI responder) {
    return posted.get(responder) != null; // containsKey would not count as a use
  }

  /** Notes that the responder did not understand a GET and then understood a POST. */
  synchronized void needsPostFromNowOn(URI responder) {
    posted.put(responder, true);
  }

  /** Returns the hashes to try, the one that the responder understood last first. */
  synchronized List<CertIdHash> ordered(URI responder, List<CertIdHash> configured) {
    @Nullable CertIdHash first = hashes.get(responder);
    if (first == null || !configured.contains(first) || first == configured.get(0)) {
      return configured;
    }
    List<CertIdHash> ordered = new ArrayList<>(configured);
    ordered.remove(first);
    ordered.add(0, first);
    return List.copyOf(ordered);
  }

  synchronized void understood(URI responder, CertIdHash hash) {
    hashes.put(responder, hash);
  }

  /** Returns what is known of a responder. */
  synchronized OcspClient.Learned learned(URI responder) {
    return new OcspClient.Learned(needsPost(responder), Optional.ofNullable(hashes.get(responder)));
  }

  /** Returns how many entries the largest of the tables has. */
  synchronized int size() {
    return Math.max(workedLast.size(), Math.max(posted.size(), hashes.size()));
  }
}
