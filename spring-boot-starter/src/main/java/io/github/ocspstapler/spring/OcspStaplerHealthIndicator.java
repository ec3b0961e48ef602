package io.github.ocspstapler.spring;

import io.github.ocspstapler.Stapler;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Out of service while clients refuse the server, or should. Anything less is up, with a detail
 * that says what is the matter.
 */
final class OcspStaplerHealthIndicator implements HealthIndicator {
  private final Stapler stapler;

  OcspStaplerHealthIndicator(Stapler stapler) {
    this.stapler = stapler;
  }

  @Override
  public Health health() {
    OcspStaplerHealth health = OcspStaplerHealth.of(stapler);
    Health.Builder builder = health.outOfService() ? Health.outOfService() : Health.up();
    return builder.withDetails(health.details()).build();
  }
}
