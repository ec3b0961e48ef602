package io.github.ocspstapler.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JsonTest {
  private static final ObjectMapper JACKSON = new ObjectMapper();

  @Test
  void text_ofEveryCharacter_isReadBackAndIsAscii() throws Exception {
    String all =
        IntStream.range(0, 0x10000).mapToObj(Character::toString).collect(Collectors.joining());

    String json = new Json().text("all", all + "😀").toString();

    assertThat(JACKSON.readTree(json).get("all").asText()).isEqualTo(all + "😀");
    assertThat(json).matches("[ -~]*").doesNotContain("<");
  }

  @Test
  void object_ofEveryKind_isReadBack() throws Exception {
    Json json =
        new Json()
            .number("n", -5)
            .flag("f", true)
            .text("none", Optional.empty())
            .texts("t", List.of("a", "b"))
            .numbers("c", List.of(1L, 2L))
            .objects("o", List.of(new Json(), new Json().number("x", 1)));

    JsonNode read = JACKSON.readTree(json.toString());

    assertThat(read)
        .isEqualTo(
            JACKSON.readTree(
                "{'n':-5,'f':true,'none':null,'t':['a','b'],'c':[1,2],'o':[{},{'x':1}]}"
                    .replace('\'', '"')));
  }
}
