package io.github.ocspstapler.status;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.github.ocspstapler.testsupport.HouseRules;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses STATUS = HouseRules.compiledWith(StatusServer.class);

  @Test
  void no_test_sleeps() {
    HouseRules.NO_TEST_SLEEPS.check(HouseRules.compiledWith(ArchitectureTest.class));
  }

  @Test
  void the_status_page_depends_on_the_core_and_the_jdk_only() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.github.ocspstapler",
            "io.github.ocspstapler.status..",
            "io.github.ocspstapler.jsse..",
            "java..",
            "com.sun.net.httpserver..",
            "org.jspecify.annotations..")
        .check(STATUS);
  }

  @Test
  void time_is_only_read_through_the_injected_clock() {
    noClasses()
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(STATUS);
  }
}
