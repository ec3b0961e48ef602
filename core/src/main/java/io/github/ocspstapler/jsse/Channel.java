package io.github.ocspstapler.jsse;

import java.net.URI;

/** An open way from the JDK's OCSP fetch to a responder of ours. */
sealed interface Channel extends AutoCloseable permits InProcessChannel, LoopbackChannel {
  /** Which mode this is. */
  JsseDelivery.Mode mode();

  /** The responder's URL, as the JDK is told it. */
  URI uri();

  /** What this is, for people, as the start of a sentence. */
  String description();

  /** From now on nothing is answered; no thread or socket of ours stays. Idempotent. */
  @Override
  void close();
}
