/** What the tests of several modules share. Not published. */
@NullMarked
package io.github.ocspstapler.testsupport;

import org.jspecify.annotations.NullMarked;
