/**
 * Servers as people run them, each with the lines that the guide gives, looked at from outside.
 *
 * <p>What lies between {@code // guide: PAGE} and {@code // end} is what that page of the guide
 * shows.
 */
@NullMarked
package io.github.ocspstapler.servers;

import org.jspecify.annotations.NullMarked;
