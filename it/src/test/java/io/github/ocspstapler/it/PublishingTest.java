package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** What Maven Central demands of every artifact, and that the bill of materials names them all. */
class PublishingTest {
  private static final List<String> OF_THE_PROJECT =
      List.of(
          "/project/url",
          "/project/licenses/license/name",
          "/project/licenses/license/url",
          "/project/developers/developer/name",
          "/project/scm/connection",
          "/project/scm/developerConnection",
          "/project/scm/url");

  private static final XPath XPATH = XPathFactory.newInstance().newXPath();

  @ParameterizedTest
  @MethodSource("roots")
  void metadata_ofThoseWithoutAParent_isComplete(Path folder) throws Exception {
    Document pom = pom(folder);

    assertThat(OF_THE_PROJECT).allSatisfy(path -> assertThat(text(pom, path)).isNotBlank());
    assertThat(text(pom, "/project/name")).startsWith("OCSP Stapler");
    assertThat(text(pom, "/project/description")).endsWith(".");
  }

  static Stream<Path> roots() {
    return Stream.of(Checkout.root(), Checkout.root().resolve("bom"));
  }

  @ParameterizedTest
  @MethodSource("published")
  void metadata_ofEachPublishedModule_hasANameAndADescriptionOfItsOwn(Path folder)
      throws Exception {
    Document pom = pom(folder);

    assertThat(text(pom, "/project/parent/artifactId")).isEqualTo("ocsp-stapler-parent");
    assertThat(text(pom, "/project/name")).startsWith("OCSP Stapler: ");
    assertThat(text(pom, "/project/description")).endsWith(".");
    assertThat(text(pom, "/project/url")).isEmpty(); // the parent's, as it stands
  }

  static Stream<Path> published() throws Exception {
    TreeMap<String, Path> published = new TreeMap<>();
    for (String module : texts(pom(Checkout.root()), "/project/modules/module")) {
      Path folder = Checkout.root().resolve(module);
      Document pom = pom(folder);
      if (!text(pom, "/project/properties/maven.deploy.skip").equals("true")) {
        published.put(text(pom, "/project/artifactId"), folder);
      }
    }
    published.remove("ocsp-stapler-bom");
    return published.values().stream();
  }

  @Test
  void billOfMaterials_namesWhatIsPublishedAndNothingElse() throws Exception {
    List<String> named =
        texts(pom(Checkout.root().resolve("bom")), "//dependencyManagement//artifactId");

    List<String> published =
        published().map(folder -> text(pom(folder), "/project/artifactId")).toList();

    assertThat(named).containsExactlyInAnyOrderElementsOf(published);
  }

  private static Document pom(Path folder) {
    try (var in = Files.newInputStream(folder.resolve("pom.xml"))) {
      return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in);
    } catch (Exception e) {
      throw new AssertionError(folder.toString(), e);
    }
  }

  private static String text(Document pom, String path) {
    try {
      return XPATH.evaluate(path, pom).strip();
    } catch (Exception e) {
      throw new AssertionError(path, e);
    }
  }

  private static List<String> texts(Document pom, String path) throws Exception {
    NodeList nodes = (NodeList) XPATH.evaluate(path, pom, XPathConstants.NODESET);
    return IntStream.range(0, nodes.getLength())
        .mapToObj(i -> nodes.item(i).getTextContent())
        .toList();
  }
}
