/**
 * Throw-away certificates ({@link io.github.ocspstapler.testkit.TestCa}), OCSP answers right and
 * wrong ({@link io.github.ocspstapler.testkit.OcspAnswer}), a responder that misbehaves on demand
 * ({@link io.github.ocspstapler.testkit.TestResponder}) and time turned by hand ({@link
 * io.github.ocspstapler.testkit.ManualScheduler}).
 */
package io.github.ocspstapler.testkit;
