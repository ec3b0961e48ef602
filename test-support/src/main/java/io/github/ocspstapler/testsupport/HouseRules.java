package io.github.ocspstapler.testsupport;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.concurrent.TimeUnit;

/** The rules of architecture that every module's tests are held to. */
public final class HouseRules {

  /** A test that sleeps is slow when all is well and wrong when the machine is busy. */
  public static final ArchRule NO_TEST_SLEEPS =
      noClasses()
          .should()
          .accessTargetWhere(
              target(owner(belongToAnyOf(Thread.class, TimeUnit.class))).and(target(name("sleep"))))
          .as("no test sleeps");

  private HouseRules() {}

  /**
   * Returns the classes compiled together with one: the main classes of its module, or the tests.
   *
   * @param member one of them
   * @return all of them
   */
  public static JavaClasses compiledWith(Class<?> member) {
    return new ClassFileImporter().importPath(ApiListing.folderOf(member));
  }
}
