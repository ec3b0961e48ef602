package io.github.ocspstapler.spring;

import io.github.ocspstapler.Stapler;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The Actuator endpoint {@code ocspstapler}, where it is exposed. */
@AutoConfiguration(after = OcspStaplerAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(Stapler.class)
@ConditionalOnAvailableEndpoint(endpoint = OcspStaplerEndpoint.class)
public final class OcspStaplerEndpointAutoConfiguration {
  /** Creates the configuration; Spring does. */
  public OcspStaplerEndpointAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  OcspStaplerEndpoint ocspStaplerEndpoint(Stapler stapler) {
    return new OcspStaplerEndpoint(stapler);
  }
}
