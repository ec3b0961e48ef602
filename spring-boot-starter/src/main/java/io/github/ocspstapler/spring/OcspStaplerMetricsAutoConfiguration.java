package io.github.ocspstapler.spring;

import io.github.ocspstapler.StaplerMetrics;
import io.github.ocspstapler.micrometer.OcspStaplerMetrics;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Meters of the stapler, where Micrometer is: see {@link OcspStaplerMetrics}. */
@AutoConfiguration
@ConditionalOnClass({MeterBinder.class, OcspStaplerMetrics.class})
@ConditionalOnBooleanProperty(name = "ocsp-stapler.enabled", matchIfMissing = true)
public final class OcspStaplerMetricsAutoConfiguration {
  /** Creates the configuration; Spring does. */
  public OcspStaplerMetricsAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean(StaplerMetrics.class)
  OcspStaplerMetrics ocspStaplerMetrics() {
    return new OcspStaplerMetrics();
  }
}
