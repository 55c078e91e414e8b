package io.gatehouse.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExitStatusTest {

  @ParameterizedTest
  @CsvSource({
    "TERM, 143",
    "KILL, 137",
    "INT, 130",
    "HUP, 129",
    "SEGV, 139",
    "SIG@openssh.com, 128"
  })
  void countsSignalsAsAShellDoes(String name, int code) {
    assertThat(ExitStatus.ofSignal(name)).isEqualTo(ExitStatus.ofCode(code));
  }
}
