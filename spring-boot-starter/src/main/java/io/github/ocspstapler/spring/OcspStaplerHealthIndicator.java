package io.github.ocspstapler.spring;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.StaplerHealth;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * Out of service while clients refuse the server, or should: a certificate is revoked, or one that
 * demands a staple has none. Anything less is up, with a detail that says what is the matter.
 */
final class OcspStaplerHealthIndicator implements HealthIndicator {
  private final Stapler stapler;

  OcspStaplerHealthIndicator(Stapler stapler) {
    this.stapler = stapler;
  }

  @Override
  public Health health() {
    StaplerHealth health = stapler.health();
    Status status =
        health.status() == StaplerHealth.Status.DOWN ? Status.OUT_OF_SERVICE : Status.UP;
    return new Health.Builder(status)
        .withDetail("stapling", word(health.status()))
        .withDetail("detail", health.detail())
        .withDetail("delivery", word(stapler.delivery()))
        .withDetail("certificates", counts(stapler.summary().certificates()))
        .build();
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
