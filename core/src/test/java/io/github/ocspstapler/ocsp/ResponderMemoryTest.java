package io.github.ocspstapler.ocsp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResponderMemoryTest {
  private static final URI A = URI.create("http://a.test/");
  private static final URI B = URI.create("http://b.test/");
  private static final URI C = URI.create("http://c.test/");

  private final ResponderMemory memory = new ResponderMemory();

  @Test
  void ordered_oneWorkedLast_comesFirstAndOthersKeepTheirOrder() {
    memory.worked(List.of(A, B, C), C);

    assertThat(memory.ordered(List.of(A, B, C))).containsExactly(C, A, B);
    assertThat(memory.ordered(List.of(A, B))).containsExactly(A, B);
  }

  @Test
  void ordered_anotherHashWorked_comesFirst() {
    memory.understood(A, CertIdHash.SHA256);

    List<CertIdHash> configured = List.of(CertIdHash.SHA1, CertIdHash.SHA256);
    assertThat(memory.ordered(A, configured)).containsExactly(CertIdHash.SHA256, CertIdHash.SHA1);
    assertThat(memory.ordered(B, configured)).isEqualTo(configured);
  }

  @Test
  void memory_ofManyResponders_isBounded() {
    for (int i = 0; i < 3 * ResponderMemory.CAPACITY; i++) {
      URI responder = URI.create("http://" + i + ".test/");
      memory.needsPostFromNowOn(responder);
      memory.understood(responder, CertIdHash.SHA256);
      memory.worked(List.of(A, responder), responder);
    }

    assertThat(memory.size()).isEqualTo(ResponderMemory.CAPACITY);
  }

  @Test
  void memory_full_forgetsTheLongestUnusedFirst() {
    memory.needsPostFromNowOn(A);
    memory.needsPostFromNowOn(B);
    for (int i = 0; i < ResponderMemory.CAPACITY - 1; i++) {
      memory.needsPost(A);
      memory.needsPostFromNowOn(URI.create("http://" + i + ".test/"));
    }

    assertThat(memory.needsPost(B)).isFalse();
    assertThat(memory.needsPost(A)).isTrue();
  }
}
