package io.github.ocspstapler;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.github.ocspstapler.testsupport.HouseRules;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Calendar;
import java.util.Collection;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each rule of the core's architecture as a sentence. */
class ArchitectureTest {
  private static final String ROOT = "io.github.ocspstapler";
  private static final String OCSP = ROOT + ".ocsp..";
  private static final String JSSE = ROOT + ".jsse..";
  private static final String INTERNAL = ROOT + ".internal..";

  private static final JavaClasses CORE = HouseRules.compiledWith(Stapler.class);

  @Test
  void core_depends_on_the_jdk_only() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            ROOT + "..",
            "java..",
            "javax..",
            "com.sun.net.httpserver..",
            "jdk.jfr..",
            "org.jspecify.annotations..")
        .check(CORE);
  }

  @Test
  void the_client_does_not_know_the_stapler() {
    noClasses()
        .that()
        .resideInAPackage(OCSP)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ROOT, JSSE)
        .check(CORE);
  }

  @Test
  void jsse_does_not_know_the_stapler() {
    noClasses()
        .that()
        .resideInAPackage(JSSE)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT)
        .check(CORE);
  }

  @Test
  void the_internals_do_not_know_their_users() {
    noClasses()
        .that()
        .resideInAPackage(INTERNAL)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ROOT, JSSE, OCSP)
        .check(CORE);
  }

  @Test
  void packages_have_no_cycles() {
    slices().matching("io.github.(**)").should().beFreeOfCycles().check(CORE);
  }

  @Test
  void time_is_only_read_through_the_injected_clock() {
    noClasses().should().accessTargetWhere(READS_THE_SYSTEM_TIME).check(CORE);
  }

  @Test
  void the_system_clock_is_only_a_builders_default() {
    noClasses()
        .that()
        .doNotHaveSimpleName("Builder")
        .should()
        .accessTargetWhere(IS_A_SYSTEM_CLOCK)
        .check(CORE);
  }

  @Test
  void public_signatures_never_leak_internal_types() {
    classes().that(ARE_PUBLIC_API).should(MENTION_ONLY_WHAT_A_USER_CAN_NAME).check(CORE);
  }

  @Test
  void the_core_prints_and_logs_through_system_logger_only() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.logging..")
        .orShould()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethod(Throwable.class, "printStackTrace")
        .check(CORE);
  }

  /** Whose class is loaded starts the flight recorder, and fails in a runtime without it. */
  @Test
  void events_are_only_reached_through_the_flight_recording() {
    noClasses()
        .that()
        .haveSimpleNameNotEndingWith("Event")
        .and()
        .doNotHaveSimpleName("FlightRecording")
        .and()
        .doNotHaveSimpleName("Announcer") // ends the event that a fetch has been given
        .should()
        .callMethodWhere(IS_OF_AN_EVENT)
        .orShould()
        .callConstructorWhere(IS_OF_AN_EVENT)
        .check(CORE);
  }

  private static final DescribedPredicate<JavaAccess<?>> IS_OF_AN_EVENT =
      DescribedPredicate.describe(
          "is of an event of Java Flight Recorder",
          access -> access.getTargetOwner().isAssignableTo("jdk.jfr.Event"));

  @Test
  void no_test_sleeps() {
    HouseRules.NO_TEST_SLEEPS.check(HouseRules.compiledWith(ArchitectureTest.class));
  }

  private static final DescribedPredicate<JavaAccess<?>> READS_THE_SYSTEM_TIME =
      DescribedPredicate.describe("reads the system's time", ArchitectureTest::readsTheSystemTime);

  private static boolean readsTheSystemTime(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    return switch (access.getName()) {
      case "now" -> owner.getPackageName().startsWith("java.time") && !takes(access, Clock.class);
      case "currentTimeMillis" -> owner.isEquivalentTo(System.class);
      case "checkValidity" ->
          owner.isAssignableTo(X509Certificate.class) && !takes(access, Date.class);
      case "getInstance" -> owner.isAssignableTo(Calendar.class);
      case "<init>" ->
          owner.isEquivalentTo(GregorianCalendar.class)
              || (owner.isEquivalentTo(Date.class) && !takes(access, long.class));
      default -> false;
    };
  }

  private static boolean takes(JavaAccess<?> access, Class<?> parameter) {
    return access.getTarget().getFullName().contains("(" + parameter.getName());
  }

  private static final DescribedPredicate<JavaAccess<?>> IS_A_SYSTEM_CLOCK =
      DescribedPredicate.describe(
          "is a system clock",
          access ->
              access.getTargetOwner().isEquivalentTo(Clock.class)
                  && (access.getName().startsWith("system")
                      || access.getName().startsWith("tick")));

  private static final DescribedPredicate<JavaClass> ARE_PUBLIC_API =
      DescribedPredicate.describe("are public API", ArchitectureTest::canBeNamedByUsers);

  private static boolean canBeNamedByUsers(JavaClass type) {
    JavaClass element = type.getBaseComponentType();
    return element.getModifiers().contains(JavaModifier.PUBLIC)
        && !element.getPackageName().contains(".internal")
        && element.getEnclosingClass().map(ArchitectureTest::canBeNamedByUsers).orElse(true);
  }

  private static final ArchCondition<JavaClass> MENTION_ONLY_WHAT_A_USER_CAN_NAME =
      new ArchCondition<>("mention only types that a user can name") {
        @Override
        public void check(JavaClass type, ConditionEvents events) {
          Stream<JavaClass> supertypes =
              Stream.concat(type.getInterfaces().stream(), type.getSuperclass().stream())
                  .flatMap(supertype -> supertype.getAllInvolvedRawTypes().stream());
          report(type.getFullName(), supertypes.collect(Collectors.toSet()), events);
          for (JavaMember member : type.getMembers()) {
            Set<JavaModifier> modifiers = member.getModifiers();
            if (modifiers.contains(JavaModifier.PUBLIC)
                || modifiers.contains(JavaModifier.PROTECTED)) {
              report(member.getFullName(), member.getAllInvolvedRawTypes(), events);
            }
          }
        }
      };

  private static void report(
      String where, Collection<JavaClass> mentioned, ConditionEvents events) {
    List<String> hidden =
        mentioned.stream()
            .filter(type -> type.getPackageName().startsWith(ROOT) && !canBeNamedByUsers(type))
            .map(JavaClass::getName)
            .toList();
    if (!hidden.isEmpty()) {
      events.add(SimpleConditionEvent.violated(hidden, where + " mentions " + hidden));
    }
  }
}
