package io.gatehouse.gateway.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AccountNameTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "_", "alice", "u1234", "a-b_c", "abcdefghijklmnopqrstuvwxyz012345"})
  void acceptsWhatUseraddAccepts(String text) {
    assertThat(new AccountName(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Alice",
        "1a",
        "-a",
        "a.b",
        "a b",
        "a/b",
        "..",
        "../a",
        "a\n",
        "a:b",
        "a$",
        "a\0",
        "älice",
        "abcdefghijklmnopqrstuvwxyz0123456"
      })
  void refusesWhatCouldMeanSomethingElse(String text) {
    assertThatThrownBy(() -> new AccountName(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "an account name must have 1 to 32 of a-z, 0-9, _ and - and must begin with a letter or"
                + " _");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "root",
        "daemon",
        "bin",
        "sys",
        "sync",
        "games",
        "man",
        "lp",
        "mail",
        "news",
        "uucp",
        "proxy",
        "www-data",
        "backup",
        "list",
        "irc",
        "_apt",
        "nobody",
        "systemd-network",
        "systemd-",
        "messagebus",
        "sshd",
        "gateway",
        "user",
        "usr",
        "admin",
        "sudo",
        "docker",
        "gatehouse",
        "ubuntu",
        "debian",
        "shadow",
        "wheel",
        "adm",
        "_ssh"
      })
  void reservesTheNamesOfTheSystem(String name) {
    assertThat(new AccountName(name).isReserved()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"alice", "systemd", "rooty", "root-2", "user-2", "u1234"})
  void reservesNothingElse(String name) {
    assertThat(new AccountName(name).isReserved()).isFalse();
  }
}
