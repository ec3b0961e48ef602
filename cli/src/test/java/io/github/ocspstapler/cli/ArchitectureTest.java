package io.github.ocspstapler.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import io.github.ocspstapler.testsupport.HouseRules;
import org.junit.jupiter.api.Test;

/** Each rule of the command line's architecture as a sentence. */
class ArchitectureTest {
  @Test
  void no_test_sleeps() {
    HouseRules.NO_TEST_SLEEPS.check(HouseRules.compiledWith(ArchitectureTest.class));
  }

  @Test
  void json_is_only_loaded_by_those_who_asked_for_it() {
    noClasses()
        .that()
        .haveSimpleNameNotEndingWith("Json")
        .and()
        .doNotHaveFullyQualifiedName(BatchLine.class.getName())
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.fasterxml..")
        .check(HouseRules.compiledWith(Main.class));
  }

  @Test
  void only_the_demonstration_knows_the_testkit() {
    noClasses()
        .that()
        .haveSimpleNameNotStartingWith("Demo")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.github.ocspstapler.testkit..")
        .check(HouseRules.compiledWith(Main.class));
  }
}
