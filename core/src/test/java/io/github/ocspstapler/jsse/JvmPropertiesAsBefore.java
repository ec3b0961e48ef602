package io.github.ocspstapler.jsse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Properties;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Checks that a test leaves the system properties as it found them, and restores them if not. */
final class JvmPropertiesAsBefore implements BeforeEachCallback, AfterEachCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(JvmPropertiesAsBefore.class);

  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(NAMESPACE).put("before", System.getProperties().clone());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Properties before = context.getStore(NAMESPACE).get("before", Properties.class);
    Object after = System.getProperties().clone();
    System.setProperties(before);
    assertThat(after).isEqualTo(before);
  }
}
