/**
 * OCSP staples for the servers that Spring Boot embeds: every SSL bundle that holds a private key
 * is stapled, at start-up and after each reload. Nothing is null unless it is marked so.
 */
@NullMarked
package io.github.ocspstapler.spring;

import org.jspecify.annotations.NullMarked;
