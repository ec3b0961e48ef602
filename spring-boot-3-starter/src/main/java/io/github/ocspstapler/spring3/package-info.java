/**
 * What the starter needs on Spring Boot 3.5 in addition, because Spring Boot 4 has it under another
 * name. Nothing is null unless it is marked so.
 */
@NullMarked
package io.github.ocspstapler.spring3;

import org.jspecify.annotations.NullMarked;
