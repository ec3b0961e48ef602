package io.github.ocspstapler.spring;

import io.github.ocspstapler.testsupport.ApiListing;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ApiListingTest {

  @Test
  void publicApi_asCompiled_isTheCommittedListing() {
    ApiListing.ofModuleWith(OcspStaplerProperties.class)
        .assertCommittedAs(Path.of("api/ocsp-stapler-spring-boot-starter.api"));
  }
}
