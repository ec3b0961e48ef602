/** A fleet's staples in Redis or Valkey. Nothing is null unless it is marked so. */
@NullMarked
package io.github.ocspstapler.redis;

import org.jspecify.annotations.NullMarked;
