package io.github.ocspstapler.jdbc;

import io.github.ocspstapler.testsupport.ApiListing;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ApiListingTest {

  @Test
  void publicApi_asCompiled_isTheCommittedListing() {
    ApiListing.ofModuleWith(JdbcStore.class)
        .assertCommittedAs(Path.of("api/ocsp-stapler-jdbc.api"));
  }
}
