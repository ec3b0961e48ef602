package io.github.ocspstapler.cli;

import java.io.Serial;

/** Something the user named cannot be used; the message is one sentence saying what and why. */
final class InputException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  InputException(String message) {
    super(message);
  }

  InputException(String message, Throwable cause) {
    super(message, cause);
  }
}
