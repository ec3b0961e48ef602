package io.github.ocspstapler.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {
  private static final String TOKEN = "sixteen-letters-or-more";
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST:80",
        "127.0.0.1:9464",
        "192.0.2.7",
        "[::1]",
        "[2001:db8::1]:443",
        "status.example.com",
        "Status.Example.com:8443"
      })
  void host_anAddressOrAnOwnName_isOurs(String host) {
    assertThat(open(Set.of("status.example.com")).isOurs(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "rebound.attacker.example",
        "rebound.attacker.example:9464",
        "localhost.attacker.example",
        "127.0.0.1.attacker.example",
        "localhost:80:80",
        "[::1].attacker.example",
        "::1",
        "1.2.3.4.5"
      })
  void host_anyOtherName_isNot(String host) {
    assertThat(open(Set.of()).isOurs(host)).isFalse();
  }

  @Test
  void host_absent_isNotOurs() {
    assertThat(open(Set.of()).isOurs(null)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer " + TOKEN, "bearer " + TOKEN, "Bearer  " + TOKEN + " "})
  void authorization_theToken_mayAct(String header) {
    assertThat(guarded().mayAct(header)).isTrue();
    assertThat(guarded().mayRead(header)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer ",
        TOKEN,
        "Basic " + TOKEN,
        "Bearer x" + TOKEN,
        "Bearer " + TOKEN + "x"
      })
  void authorization_anythingElse_mayNot(String header) {
    assertThat(guarded().mayAct(header)).isFalse();
    assertThat(guarded().mayRead(header)).isFalse();
  }

  @Test
  void loopbackWithoutToken_mayBeReadAndNothingElse() {
    Access access = open(Set.of());

    assertThat(access.mayRead(null)).isTrue();
    assertThat(access.mayAct("Bearer ")).isFalse();
    assertThat(access.anybodyMayAct()).isFalse();
  }

  @Test
  void otherAddressWithoutToken_isRefused() throws Exception {
    InetAddress all = InetAddress.getByName("0.0.0.0");

    assertThatThrownBy(() -> new Access(Optional.empty(), all, false, Set.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("0.0.0.0 can be reached by other machines (expected: a token");
  }

  @Test
  void readersNeedATokenThatIsNotThere_isRefused() {
    assertThatThrownBy(() -> new Access(Optional.empty(), LOOPBACK, true, Set.of()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void otherAddressWithToken_isReadWithItOnly() throws Exception {
    InetAddress other = InetAddress.getByName("192.0.2.1");
    Access access = new Access(Optional.of(TOKEN), other, false, Set.of());

    assertThat(access.mayRead(null)).isFalse();
    assertThat(access.mayRead("Bearer " + TOKEN)).isTrue();
  }

  @Test
  void token_short_isRefused() {
    assertThatThrownBy(() -> new Access(Optional.of("short"), LOOPBACK, false, Set.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("token: 5 characters (expected: at least 16 that nobody can guess)");
  }

  private static Access open(Set<String> names) {
    return new Access(Optional.empty(), LOOPBACK, false, names);
  }

  private static Access guarded() {
    return new Access(Optional.of(TOKEN), LOOPBACK, true, Set.of());
  }
}
