package io.github.ocspstapler.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whoever may write into a shared store may write any value. */
class StoredStapleFuzzTest {

  // X12: any bytes say something, for the verifier to judge; written again, they say the same.
  @FuzzTest
  void decode(byte[] value) {
    StoredStaple staple = StoredStaple.decode(value);

    assertThat(staple.response().length).isLessThanOrEqualTo(value.length);
    assertThat(StoredStaple.decode(staple.encode()).response()).isEqualTo(staple.response());
  }
}
