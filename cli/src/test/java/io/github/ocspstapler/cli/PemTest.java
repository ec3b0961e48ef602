package io.github.ocspstapler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class PemTest {
  @Test
  void blocks_withTextAround_areFound() {
    String text =
        """
        0 s:CN = leaf
        -----BEGIN CERTIFICATE-----
        MAMC
        AQE=
        -----END CERTIFICATE-----
        some words
        -----BEGIN OCSP RESPONSE-----
          MAMKAQY=\r
        -----END OCSP RESPONSE-----\
        """;

    var blocks = Pem.blocks(text.getBytes(UTF_8)).orElseThrow();

    assertThat(blocks).extracting(Pem::label).containsExactly("CERTIFICATE", "OCSP RESPONSE");
    assertThat(blocks.get(0).content()).containsExactly(0x30, 3, 2, 1, 1);
    assertThat(blocks.get(1).content()).containsExactly(0x30, 3, 10, 1, 6);
  }

  @Test
  void blocks_ofDerThatContainsPemText_areNotPem() {
    byte[] text = "-----BEGIN X-----\n-----END X-----".getBytes(UTF_8);
    byte[] der = new byte[2 + text.length];
    der[0] = 0x30;
    der[1] = (byte) text.length;
    System.arraycopy(text, 0, der, 2, text.length);

    assertThat(Pem.blocks(der)).isEmpty();
  }

  @Test
  void blocks_ofNothing_areNotPem() {
    assertThat(Pem.blocks(new byte[0])).isEmpty();
    assertThat(Pem.blocks("some words".getBytes(UTF_8))).isEmpty();
  }

  @Test
  void blocks_endless_areRefused() {
    for (String text :
        new String[] {
          "-----BEGIN ",
          "-----BEGIN X-----\nMAA=",
          "-----BEGIN X-----\nMAA=\n-----END Y-----",
          "-----BEGIN -----" + "-END -----" // its dashes are those of the head
        }) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Pem.blocks(text.getBytes(UTF_8)))
          .withMessageContaining("no end");
    }
  }
}
