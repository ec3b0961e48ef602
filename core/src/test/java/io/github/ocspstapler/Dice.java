package io.github.ocspstapler;

import java.util.random.RandomGenerator;

/** Loaded dice. */
enum Dice implements RandomGenerator {
  /** Every throw is as low as can be. */
  LOWEST {
    @Override
    public long nextLong(long bound) {
      return 0;
    }
  },
  /** Every throw is as high as can be. */
  HIGHEST {
    @Override
    public long nextLong(long bound) {
      return bound - 1;
    }
  };

  @Override
  public long nextLong() {
    throw new UnsupportedOperationException("only throws with a bound");
  }
}
