package io.github.ocspstapler;

/** SKELETON: one row of the listing: what the stapler knows about one certificate it keeps. */
public record StapleStatus() {
  // subject, sans, serialNumber, issuer, state (enum State), mustStaple?, responder URI,
  // thisUpdate, nextUpdate, servedUntil, nextAttempt, lastError, attempts
}
