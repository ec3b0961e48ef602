package io.github.ocspstapler.spring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.Ssl;

@ExtendWith(OutputCaptureExtension.class)
class ReactorNettyEngineTest {
  private final NettyReactiveWebServerFactory factory = new NettyReactiveWebServerFactory();

  @Test
  void openSsl_serverWithTls_isWarnedOf(CapturedOutput output) {
    factory.setSsl(Ssl.forBundle("web"));

    new ReactorNettyEngine(() -> true).customize(factory);

    assertThat(output.getAll()).contains("WARN").contains("handshakes go on unstapled");
  }

  @Test
  void jdkOrNoTls_isNotWarnedOf(CapturedOutput output) {
    new ReactorNettyEngine(() -> true).customize(factory);
    factory.setSsl(Ssl.forBundle("web"));
    new ReactorNettyEngine(() -> false).customize(factory);

    assertThat(output.getAll()).doesNotContain("unstapled");
  }
}
