package io.github.ocspstapler.spring;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Hands property values over to builders; a refusal becomes Spring Boot's report of a property. */
final class CheckedProperty {
  private CheckedProperty() {}

  /** Hands a value over, if there is one. */
  static <T> void set(String name, @Nullable T value, Consumer<T> setter) {
    if (value == null) {
      return;
    }
    try {
      setter.accept(value);
    } catch (IllegalArgumentException e) {
      throw new InvalidConfigurationPropertyValueException(
          "ocsp-stapler." + name, value, String.valueOf(e.getMessage()));
    }
  }
}
