package io.gatehouse.gateway.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gatehouse.gateway.account.AccountSettings.Naming;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AccountSettingsTest {

  private static final Path HOMES = Path.of("/home");

  @ParameterizedTest
  @ValueSource(strings = {"", "_", "u", "owui-", "abcdefghijklmnop"})
  void acceptsPrefixesThatCanBeginAName(String prefix) {
    assertThat(new AccountSettings(HOMES, HOMES, prefix, Naming.ID, true).prefix())
        .isEqualTo(prefix);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1", "-", "A", "a b", "../", "a:", "abcdefghijklmnopq", "a\n", "systemd-"})
  void refusesPrefixesThatCannot(String prefix) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AccountSettings(HOMES, HOMES, prefix, Naming.ID, true))
        .withMessage(
            "a prefix must be up to 16 of a-z, 0-9, _ and -, beginning with a letter or _, and not"
                + " systemd-");
  }

  @Test
  void refusesFoldersThatDependOnTheWorkingDirectory() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AccountSettings(HOMES, Path.of("home"), "", Naming.ID, true));
  }
}
