/** The command line: {@code ocsp-stapler demo}, {@code query} and {@code verify}. */
@NullMarked
package io.github.ocspstapler.cli;

import org.jspecify.annotations.NullMarked;
