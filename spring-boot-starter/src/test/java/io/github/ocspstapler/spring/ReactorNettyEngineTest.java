package io.github.ocspstapler.spring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.Ssl;

class ReactorNettyEngineTest {
  private final NettyReactiveWebServerFactory factory = new NettyReactiveWebServerFactory();
  private final Logger logger = (Logger) LoggerFactory.getLogger(ReactorNettyEngine.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  // Not the console's text: where that goes depends on what other tests have set up.
  @BeforeEach
  void listen() {
    logger.setLevel(Level.WARN);
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(log);
    logger.setLevel(null);
  }

  @Test
  void openSsl_serverWithTls_isWarnedOf() {
    factory.setSsl(Ssl.forBundle("web"));

    new ReactorNettyEngine(() -> true).customize(factory);

    assertThat(log.list)
        .singleElement()
        .satisfies(line -> {
          assertThat(line.getLevel()).isEqualTo(Level.WARN);
          assertThat(line.getFormattedMessage()).contains("handshakes go on unstapled");
        });
  }

  @Test
  void jdkOrNoTls_isNotWarnedOf() {
    new ReactorNettyEngine(() -> true).customize(factory);
    factory.setSsl(Ssl.forBundle("web"));
    new ReactorNettyEngine(() -> false).customize(factory);

    assertThat(log.list).isEmpty();
  }
}
