/**
 * Throw-away certificates, OCSP answers good and bad, a responder that misbehaves on demand, and a
 * scheduler whose time a test turns by hand.
 *
 * <p>For tests only: keys are made in memory and nothing here is meant to keep a secret. Nothing is
 * null unless it is marked {@code @Nullable}.
 */
@org.jspecify.annotations.NullMarked
module io.github.ocspstapler.testkit {
  requires static transitive org.jspecify;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;

  exports io.github.ocspstapler.testkit;
}
