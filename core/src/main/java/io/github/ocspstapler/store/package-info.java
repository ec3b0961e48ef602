/**
 * Where staples survive a restart: {@link io.github.ocspstapler.store.StapleStore}, in a directory,
 * in memory, or wherever an implementation of it keeps them.
 *
 * <p>A store is not trusted. Whatever is read from it is verified again like an answer from the
 * network.
 */
package io.github.ocspstapler.store;
