package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ocspstapler.ResponderStatus.Breaker;
import io.github.ocspstapler.jsse.JsseDelivery;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** C17: where a stapler counts. */
class StaplerMetricsTest {
  private final List<String> first = new ArrayList<>();
  private final List<String> last = new ArrayList<>();

  /** Every method that counts, once. */
  static Stream<Consumer<StaplerMetrics>> calls() {
    return Stream.of(
        metrics -> metrics.resolved(true),
        StaplerMetrics::refused,
        metrics -> metrics.requested("good", Duration.ofMillis(3)),
        metrics -> metrics.failed("timeout"),
        metrics -> metrics.breaker("http://ocsp.example.com", Breaker.OPEN),
        metrics -> {
          try (Stapler stapler = Stapler.builder().delivery(JsseDelivery.Mode.OFF).build()) {
            metrics.watch(stapler);
          }
        });
  }

  @Test
  void all_everyMethod_isCountedInEach() {
    StaplerMetrics all = StaplerMetrics.all(noting(first), noting(last));

    calls().forEach(call -> call.accept(all));

    List<String> methods =
        Arrays.stream(StaplerMetrics.class.getDeclaredMethods())
            .filter(method -> !Modifier.isStatic(method.getModifiers()))
            .map(Method::getName)
            .toList();
    assertThat(first).hasSameSizeAs(methods).allMatch(call -> methods.contains(name(call)));
    assertThat(first.stream().map(StaplerMetricsTest::name))
        .containsExactlyInAnyOrderElementsOf(methods);
    assertThat(last).isEqualTo(first);
  }

  @ParameterizedTest
  @MethodSource("calls")
  void all_oneFails_theOthersCountAndItIsThrown(Consumer<StaplerMetrics> call) {
    IllegalStateException failure = new IllegalStateException("full");
    StaplerMetrics all = StaplerMetrics.all(noting(first), failing(failure), noting(last));

    assertThatThrownBy(() -> call.accept(all)).isSameAs(failure);

    assertThat(last).hasSize(1).isEqualTo(first);
  }

  @Test
  void all_severalFail_theFirstIsThrownWithTheOthers() {
    Error failure = new StackOverflowError();
    IllegalStateException next = new IllegalStateException("full");
    StaplerMetrics all =
        StaplerMetrics.all(failing(failure), failing(failure), failing(next), noting(last));

    assertThatThrownBy(all::refused).isSameAs(failure).hasSuppressedException(next);

    assertThat(last).containsExactly("refused[]");
  }

  @Test
  void all_arrayChangedAfterwards_countsWhereItDid() {
    StaplerMetrics[] given = {noting(first)};
    StaplerMetrics all = StaplerMetrics.all(given);
    given[0] = noting(last);

    all.refused();

    assertThat(first).hasSize(1);
    assertThat(last).isEmpty();
  }

  @Test
  void all_ofNone_countsNowhere() {
    StaplerMetrics.all().refused();

    assertThatThrownBy(() -> StaplerMetrics.all((StaplerMetrics) null))
        .isInstanceOf(NullPointerException.class);
  }

  private static String name(String call) {
    return call.substring(0, call.indexOf('['));
  }

  /** Notes each call with its arguments. */
  private static StaplerMetrics noting(List<String> calls) {
    return calling((method, arguments) -> calls.add(method.getName() + arguments));
  }

  private static StaplerMetrics failing(Throwable failure) {
    return calling((method, arguments) -> {
      throw failure;
    });
  }

  private interface Call {
    void of(Method method, List<Object> arguments) throws Throwable;
  }

  private static StaplerMetrics calling(Call call) {
    return (StaplerMetrics)
        Proxy.newProxyInstance(
            StaplerMetrics.class.getClassLoader(),
            new Class<?>[] {StaplerMetrics.class},
            (proxy, method, arguments) -> {
              call.of(method, arguments == null ? List.of() : List.of(arguments));
              return null;
            });
  }
}
