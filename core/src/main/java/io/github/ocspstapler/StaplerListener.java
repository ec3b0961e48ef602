package io.github.ocspstapler;

/** SKELETON: told of what happens to staples; every method does nothing by default. */
public interface StaplerListener {
  // stapled, renewed, failed, revoked, expiring, late, forgotten: default methods, each with the
  // StapleStatus as first parameter
}
