package io.github.ocspstapler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** A file that somebody names on the command line may hold anything. */
class PemFuzzTest {
  @FuzzTest(maxDuration = "30s")
  void blocks_anyBytes_areBlocksOrRefused(byte[] file) {
    List<Pem> blocks;
    try {
      blocks = Pem.blocks(file).orElse(List.of());
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageStartingWith("its PEM block ");
      return;
    }

    StringBuilder again = new StringBuilder();
    for (Pem block : blocks) {
      again.append("-----BEGIN ").append(block.label()).append("-----\n");
      again.append(Base64.getEncoder().encodeToString(block.content()));
      again.append("\n-----END ").append(block.label()).append("-----\n");
    }
    List<Pem> reread =
        Pem.blocks(again.toString().getBytes(StandardCharsets.ISO_8859_1)).orElse(List.of());
    assertThat(reread).hasSameSizeAs(blocks);
    for (int i = 0; i < blocks.size(); i++) {
      assertThat(reread.get(i).label()).isEqualTo(blocks.get(i).label());
      assertThat(reread.get(i).content()).isEqualTo(blocks.get(i).content());
    }
  }
}
