package io.github.ocspstapler.redis;

import io.github.ocspstapler.testsupport.ApiListing;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ApiListingTest {

  @Test
  void publicApi_asCompiled_isTheCommittedListing() {
    ApiListing.ofModuleWith(RedisStore.class)
        .assertCommittedAs(Path.of("api/ocsp-stapler-redis.api"));
  }
}
