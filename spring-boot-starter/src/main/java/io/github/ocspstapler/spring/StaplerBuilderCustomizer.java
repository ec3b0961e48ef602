package io.github.ocspstapler.spring;

import io.github.ocspstapler.Stapler;

/**
 * A bean that has the last word on how the stapler is built: it may set what has no property.
 *
 * <p>Called once, at start-up, after the properties were applied. It must not need an SSL bundle:
 * the stapler is there before any.
 */
@FunctionalInterface
public interface StaplerBuilderCustomizer {
  /**
   * Changes what the stapler is built from.
   *
   * @param builder the builder, with the properties applied
   */
  void customize(Stapler.Builder builder);
}
