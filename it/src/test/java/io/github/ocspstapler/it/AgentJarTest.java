package io.github.ocspstapler.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** What is in the agent's jar, which is put onto the class path of servers of all kinds. */
class AgentJarTest {
  private static final long LARGEST = 1024 * 1024;
  private static final String OURS = "io/github/ocspstapler/agent/";

  @Test
  void jar_asBuilt_isAtMostOneMebibyte() throws Exception {
    assertThat(Files.size(AgentJar.path())).isLessThanOrEqualTo(LARGEST);
  }

  @Test
  void jar_asBuilt_hasNoClassThatAServerMayHaveToo() throws Exception {
    try (JarFile jar = new JarFile(AgentJar.path().toFile())) {
      assertThat(jar.stream().map(JarEntry::getName).filter(name -> name.endsWith(".class")))
          .isNotEmpty()
          .allMatch(name -> name.startsWith(OURS))
          .doesNotContain(OURS + "core/module-info.class");
    }
  }

  @Test
  void jar_asBuilt_registersItsOwnUrlHandler() throws Exception {
    try (JarFile jar = new JarFile(AgentJar.path().toFile())) {
      JarEntry services =
          jar.getJarEntry("META-INF/services/java.net.spi.URLStreamHandlerProvider");
      try (InputStream in = jar.getInputStream(services)) {
        String handler = new String(in.readAllBytes(), UTF_8).strip();

        assertThat(handler).startsWith("io.github.ocspstapler.agent.core.");
        assertThat(jar.getJarEntry(handler.replace('.', '/') + ".class")).isNotNull();
      }
      assertThat(jar.getManifest().getMainAttributes().getValue("Premain-Class"))
          .isEqualTo("io.github.ocspstapler.agent.Agent");
    }
  }
}
