package io.github.ocspstapler.jsse;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.internal.inprocess.StapleUrlHandlerProvider;
import java.net.URI;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is set before anybody delivers, as an agent does. */
class JvmPropertiesTest {
  private static final URI LOOPBACK = URI.create("http://127.0.0.1:1/" + "0".repeat(32));

  private final JvmProperties properties = new JvmProperties();
  private Properties before;

  @BeforeEach
  void keep() {
    before = (Properties) System.getProperties().clone();
  }

  @AfterEach
  void putBack() {
    System.setProperties(before);
  }

  @Test
  void prepare_nothingSet_namesAResponderThatNobodyConnectedYet() {
    properties.prepare();

    assertThat(System.getProperty(JvmProperties.ENABLE)).isEqualTo("true");
    assertThat(System.getProperty(JvmProperties.OVERRIDE)).isEqualTo("true");
    assertThat(System.getProperty(JvmProperties.RESPONDER))
        .isEqualTo(StapleUrlHandlerProvider.RESPONDER_URI.toString());
  }

  @Test
  void obstacles_prepared_areNoneForUsButForAnotherCopy() {
    properties.prepare();

    assertThat(properties.obstacles()).isEmpty();
    assertThat(new JvmProperties().obstacles())
        .singleElement()
        .asString()
        .contains("nother copy of this library");
  }

  @Test
  void obstacles_userChangedWhatWasPrepared_areTheUsers() {
    properties.prepare();
    System.setProperty(JvmProperties.RESPONDER, "http://responder.example/");

    assertThat(properties.obstacles()).singleElement().asString().contains("another responder");
  }

  @Test
  void restore_prepared_asksNobodyButUs() {
    properties.prepare();
    properties.set(LOOPBACK);
    assertThat(System.getProperty(JvmProperties.RESPONDER)).isEqualTo(LOOPBACK.toString());

    properties.restore();

    assertThat(System.getProperty(JvmProperties.ENABLE)).isEqualTo("true");
    assertThat(System.getProperty(JvmProperties.RESPONDER))
        .isEqualTo(StapleUrlHandlerProvider.RESPONDER_URI.toString());
  }

  @Test
  void prepare_whileDelivering_changesNothingUntilTheEnd() {
    properties.set(LOOPBACK);

    properties.prepare();

    assertThat(System.getProperty(JvmProperties.RESPONDER)).isEqualTo(LOOPBACK.toString());
    properties.restore();
    assertThat(System.getProperty(JvmProperties.RESPONDER))
        .isEqualTo(StapleUrlHandlerProvider.RESPONDER_URI.toString());
  }

  @Test
  void restore_notPrepared_leavesNothing() {
    properties.set(LOOPBACK);

    properties.restore();

    assertThat(System.getProperties()).isEqualTo(before);
  }
}
