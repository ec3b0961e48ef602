package io.github.ocspstapler.spring3;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.spring.OcspStaplerAutoConfiguration;
import io.github.ocspstapler.spring.OcspStaplerHealth;
import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The stapler's part in the health of an application on Spring Boot 3.5, where Actuator is. */
@AutoConfiguration(after = OcspStaplerAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(Stapler.class)
@ConditionalOnEnabledHealthIndicator("ocsp-stapler")
public final class OcspStaplerHealthContributorAutoConfiguration {
  /** Creates the configuration; Spring does. */
  public OcspStaplerHealthContributorAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean(name = "ocspStaplerHealthIndicator")
  HealthIndicator ocspStaplerHealthIndicator(Stapler stapler) {
    return () -> health(stapler);
  }

  private static Health health(Stapler stapler) {
    OcspStaplerHealth health = OcspStaplerHealth.of(stapler);
    Health.Builder builder = health.outOfService() ? Health.outOfService() : Health.up();
    return builder.withDetails(health.details()).build();
  }
}
