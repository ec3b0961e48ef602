/** Staples for servers on Netty's TLS engines. Nothing is null unless it is marked so. */
@NullMarked
package io.github.ocspstapler.netty;

import org.jspecify.annotations.NullMarked;
