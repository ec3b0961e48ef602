package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.ocspstapler.StaplerMXBean.Row;
import io.github.ocspstapler.ocsp.RevocationReason;
import io.github.ocspstapler.testkit.TestCertificate;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import javax.management.JMException;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an operator sees and does through JMX. */
@Timeout(60)
class StaplerMXBeanTest {
  private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

  @Test
  void summary_asAttributes_countsTheStates() throws JMException {
    try (World world = world()) {
      world.stapled("a.test");
      var unused = world.stapler.preload(World.chain(world.ca.leaf("quiet.test")));

      CompositeData summary = (CompositeData) SERVER.getAttribute(name("test"), "Summary");

      assertThat(summary.get("stapled")).isEqualTo(1);
      assertThat(summary.get("unstapleable")).isEqualTo(1);
      assertThat(summary.get("revoked")).isEqualTo(0);
      assertThat((Long) summary.get("secondsToEarliestExpiry"))
          .isEqualTo(Duration.ofDays(7).minusMinutes(5).toSeconds());
      assertThat(SERVER.getAttribute(name("test"), "Health")).isEqualTo("UP");
      assertThat(SERVER.getAttribute(name("test"), "Delivery")).isEqualTo("OFF");
    }
  }

  @Test
  void list_pageByPage_isWorstFirst() throws JMException {
    try (World world = world()) {
      world.stapled("good.test");
      world.responders.everywhere(InMemoryResponders.down());
      world.stapled("bare.test");
      world.responders.everywhere(
          InMemoryResponders.revoked(Duration.ofDays(7), RevocationReason.KEY_COMPROMISE));
      TestCertificate revoked = world.leaf("revoked.test", "other.ca.test");
      var unused = world.stapler.preload(World.chain(revoked));
      world.scheduler.runDue();
      var unusedToo = world.stapler.preload(World.chain(world.ca.leaf("quiet.test")));
      StaplerMXBean bean = bean("test");

      List<Row> first = bean.list(0, 2);
      List<Row> second = bean.list(2, StaplerMXBean.MAX_ROWS);

      assertThat(first).extracting(Row::getName).containsExactly("revoked.test", "bare.test");
      assertThat(second).extracting(Row::getState).containsExactly("STAPLED", "UNSTAPLEABLE");
      assertThat(first.get(0).getLastError()).startsWith("revoked by its CA at 2026-01-01T");
      assertThat(first.get(0).getSerialNumber())
          .isEqualTo(revoked.certificate().getSerialNumber().toString(16));
      assertThat(first.get(1).getFailuresInARow()).isEqualTo(1);
      assertThat(first.get(1).getServedUntil()).isEmpty();
      assertThat(second.get(0).getThisUpdate()).isEqualTo("2026-01-01T00:00:00Z");
      assertThat(second.get(0).getResponder()).isEqualTo("http://ocsp.ca.test/");
      assertThat(second.get(0).isMustStaple()).isFalse();
      assertThat(bean.list(100, 10)).isEmpty();
      assertThat(bean.getHealth()).isEqualTo("DOWN");
    }
  }

  @Test
  void list_outOfBounds_saysWhatIsExpected() throws JMException {
    try (World world = world()) {
      StaplerMXBean bean = bean("test");

      assertThatIllegalArgumentException()
          .isThrownBy(() -> bean.list(-1, 1))
          .withMessage("offset: -1 (expected: not negative)");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> bean.list(0, 1_001))
          .withMessage("limit: 1001 (expected: 1..1000)");
      assertThat(world.stapler.statuses()).isEmpty();
    }
  }

  @Test
  void refresh_byName_asksAtOnceAndSaysHowMany() throws JMException {
    try (World world = world()) {
      world.stapled("a.test");
      world.stapled("b.test");
      int before = world.responders.requests().size();

      int asked = bean("test").refresh("A.test");
      int unknown = bean("test").refresh("c.test");
      world.scheduler.runDue();

      assertThat(asked).isEqualTo(1);
      assertThat(unknown).isZero();
      assertThat(world.responders.requests()).hasSize(before + 1);
    }
  }

  @Test
  void close_always_removesTheBean() throws JMException {
    World world = world();
    assertThat(SERVER.isRegistered(name("test"))).isTrue();

    world.close();

    assertThat(SERVER.isRegistered(name("test"))).isFalse();
  }

  @Test
  void close_beanRemovedBySomebodyElse_isNoError() throws JMException {
    World world = world();
    SERVER.unregisterMBean(name("test"));

    world.close();

    assertThat(world.stapler.health().detail()).isEqualTo("the stapler is closed");
  }

  @Test
  void build_nameInUse_failsAndLeavesTheFirst() throws JMException {
    try (World world = world()) {
      world.stapled("a.test");

      assertThatIllegalStateException()
          .isThrownBy(() -> world.another(builder -> builder.jmx("test")))
          .withMessage("jmx: test (expected: a name not in use)");

      assertThat(bean("test").getSummary().getStapled()).isEqualTo(1);
    }
  }

  @Test
  void build_withoutJmx_registersNothing() throws JMException {
    try (World world = new World()) {
      ObjectName any = new ObjectName("io.github.ocspstapler:*");

      assertThat(SERVER.queryNames(any, null)).isEmpty();
      assertThat(world.stapler.statuses()).isEmpty();
    }
  }

  @Test
  void name_notPlain_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Stapler.builder().jmx("a,b=c"))
        .withMessage("name: a,b=c (expected: letters, digits, '.', '-', '_')");
  }

  private static World world() {
    return new World(builder -> builder.jmx("test"));
  }

  private static ObjectName name(String name) throws JMException {
    return new ObjectName("io.github.ocspstapler:type=Stapler,name=" + name);
  }

  private static StaplerMXBean bean(String name) throws JMException {
    return JMX.newMXBeanProxy(SERVER, name(name), StaplerMXBean.class);
  }
}
