package io.github.ocspstapler.spring;

import static java.util.Objects.requireNonNull;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.StaplerHealth;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a stapler contributes to an application's health, whatever Spring Boot calls the type of it.
 * Immutable and thread-safe.
 *
 * @param outOfService whether clients refuse the server, or should: a certificate is revoked, or
 *     one that demands a staple has none
 * @param details what is the matter, and how many certificates are in which state
 */
public record OcspStaplerHealth(boolean outOfService, Map<String, Object> details) {
  /** Keeps a copy of the details. */
  public OcspStaplerHealth {
    details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
  }

  /**
   * Asks a stapler. Does not block.
   *
   * @param stapler the stapler
   * @return its health as of now
   */
  public static OcspStaplerHealth of(Stapler stapler) {
    StaplerHealth health = requireNonNull(stapler, "stapler").health();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("stapling", word(health.status()));
    details.put("detail", health.detail());
    details.put("delivery", word(stapler.delivery()));
    details.put("certificates", counts(stapler.summary().certificates()));
    return new OcspStaplerHealth(health.status() == StaplerHealth.Status.DOWN, details);
  }

  private static Map<String, Integer> counts(Map<State, Integer> certificates) {
    Map<String, Integer> counts = new TreeMap<>();
    certificates.forEach((state, count) -> {
      if (count > 0) {
        counts.put(word(state), count);
      }
    });
    return counts;
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
