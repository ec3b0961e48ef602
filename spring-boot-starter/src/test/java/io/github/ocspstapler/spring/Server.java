package io.github.ocspstapler.spring;

import io.github.ocspstapler.Stapler;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The servers that Spring Boot embeds; on this class path, all three. */
enum Server {
  TOMCAT("servlet", "jetty.autoconfigure.servlet.JettyServlet"),
  JETTY("servlet", "tomcat.autoconfigure.servlet.TomcatServlet"),
  REACTOR_NETTY(
      "reactive",
      "jetty.autoconfigure.reactive.JettyReactive",
      "tomcat.autoconfigure.reactive.TomcatReactive");

  private final String type;
  private final String exclude;

  Server(String type, String... others) {
    this.type = "--spring.main.web-application-type=" + type;
    this.exclude =
        Stream.of(others)
            .map(other -> "org.springframework.boot." + other + "WebServerAutoConfiguration")
            .collect(Collectors.joining(",", "--spring.autoconfigure.exclude=", ""));
  }

  /** An application that runs until it is closed. */
  record Running(ConfigurableApplicationContext context) implements AutoCloseable {
    int port() {
      return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    Stapler stapler() {
      return context.getBean(Stapler.class);
    }

    /** Handshakes with or without a staple, as an operator sees them counted. */
    double resolves(String stapled) {
      return context
          .getBean(MeterRegistry.class)
          .get("ocsp.resolves")
          .tag("stapled", stapled)
          .functionCounter()
          .count();
    }

    @Override
    public void close() {
      context.close();
    }
  }

  /** Starts an application with a bundle of the site's files. */
  Running start(Site site, String... more) {
    List<String> all = new ArrayList<>(site.bundle());
    all.addAll(List.of(more));
    return startBare(all.toArray(String[]::new));
  }

  /** Starts an application without one. */
  Running startBare(String... more) {
    List<String> all = new ArrayList<>(List.of(type, exclude));
    all.addAll(List.of("--server.port=0", "--server.address=127.0.0.1"));
    all.addAll(List.of("--spring.main.banner-mode=off", "--logging.level.root=WARN"));
    all.addAll(List.of(more));
    return new Running(SpringApplication.run(Application.class, all.toArray(String[]::new)));
  }
}
