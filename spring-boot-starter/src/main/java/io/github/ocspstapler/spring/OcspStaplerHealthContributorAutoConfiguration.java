package io.github.ocspstapler.spring;

import io.github.ocspstapler.Stapler;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** The stapler's part in the application's health, where Actuator is. */
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
    return new OcspStaplerHealthIndicator(stapler);
  }
}
