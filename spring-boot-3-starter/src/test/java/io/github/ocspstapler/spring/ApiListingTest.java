package io.github.ocspstapler.spring;

import io.github.ocspstapler.spring3.OcspStaplerHealthContributorAutoConfiguration;
import io.github.ocspstapler.testsupport.ApiListing;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ApiListingTest {

  @Test
  void publicApi_asCompiled_isTheCommittedListing() {
    ApiListing.ofModuleWith(OcspStaplerHealthContributorAutoConfiguration.class)
        .assertCommittedAs(Path.of("api/ocsp-stapler-spring-boot-3-starter.api"));
  }
}
