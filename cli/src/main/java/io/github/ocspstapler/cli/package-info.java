/** The command line: the program {@code ocsp-stapler} and its commands. */
@NullMarked
package io.github.ocspstapler.cli;

import org.jspecify.annotations.NullMarked;
