/** A stapler's counts and gauges in Micrometer. Nothing is null unless it is marked so. */
@NullMarked
package io.github.ocspstapler.micrometer;

import org.jspecify.annotations.NullMarked;
