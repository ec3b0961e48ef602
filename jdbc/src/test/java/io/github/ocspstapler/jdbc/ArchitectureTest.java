package io.github.ocspstapler.jdbc;

import io.github.ocspstapler.testsupport.HouseRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  @Test
  void no_test_sleeps() {
    HouseRules.NO_TEST_SLEEPS.check(HouseRules.compiledWith(ArchitectureTest.class));
  }
}
