/** The stapler and the client against the responders and TLS clients that people really run. */
@NullMarked
package io.github.ocspstapler.it;

import org.jspecify.annotations.NullMarked;
