/** A fleet's staples in a database. Nothing is null unless it is marked so. */
@NullMarked
package io.github.ocspstapler.jdbc;

import org.jspecify.annotations.NullMarked;
