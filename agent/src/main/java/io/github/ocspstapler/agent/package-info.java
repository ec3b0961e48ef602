/**
 * The agent: {@code java -javaagent:ocsp-stapler-agent.jar[=settings.properties]}. Nothing is null
 * unless it is marked so.
 */
@NullMarked
package io.github.ocspstapler.agent;

import org.jspecify.annotations.NullMarked;
