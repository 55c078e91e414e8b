package io.gatehouse.gateway.http.describe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SystemPromptTest {

  private static final Machine MACHINE =
      new Machine(
          new Machine.OperatingSystem(
              "Linux", Optional.of("Debian GNU/Linux 13 (trixie)"), "6.12.1", "x86_64", "gate"),
          new Machine.Software(Optional.of("3.13"), List.of("git", "jq"), List.of(), false),
          "Europe/Berlin",
          Optional.empty());
  private static final Machine BARE_MACHINE =
      new Machine(
          new Machine.OperatingSystem("Linux", Optional.empty(), "6.1", "aarch64", "h"),
          new Machine.Software(Optional.empty(), List.of(), List.of(), false),
          "UTC",
          Optional.empty());
  private static final Machine IMAGE =
      new Machine(
          new Machine.OperatingSystem(
              "Linux", Optional.of("Debian GNU/Linux 13 (trixie)"), "6.12.1", "x86_64", "gate"),
          new Machine.Software(
              Optional.of("3.13"),
              List.of("python 3.13", "pip 25.1", "npm 9.2", "git 2.47"),
              List.of("numpy 2.2", "pandas 2.2"),
              true),
          "Europe/Berlin",
          Optional.of("256"));
  private static final AccountView ALICE = new AccountView("alice", "/home/alice", "/bin/zsh");

  private static SystemPrompt byDefault() {
    return new SystemPrompt(MACHINE, Optional.empty(), Optional.empty());
  }

  private static String expand(String template, Optional<AccountView> account) {
    return new SystemPrompt(MACHINE, Optional.of(template), Optional.of("not for templates"))
        .text(account);
  }

  @Test
  void namesTheAccountAndTheMachine() {
    assertThat(byDefault().text(Optional.of(ALICE)))
        .contains(
            "Debian GNU/Linux 13 (trixie) (Linux 6.12.1, x86_64), host gate",
            "the Linux user alice",
            "home is /home/alice",
            "shell is /bin/zsh",
            "Installed: git, jq. Python is 3.13.",
            "The time zone is Europe/Berlin.")
        .doesNotContain("pip install", "processes");
  }

  @Test
  void tellsWhatTheImageHasAndHowToInstallMore() {
    assertThat(new SystemPrompt(IMAGE, Optional.empty(), Optional.empty()).text(Optional.of(ALICE)))
        .contains(
            "Installed: python 3.13, pip 25.1, npm 9.2, git 2.47.\n",
            "Python packages: numpy 2.2, pandas 2.2.",
            "there is no sudo; apt installs nothing here.",
            "it stays: pip install, npm install -g, or a program in ~/.local/bin;",
            "The time zone is Europe/Berlin. There can be at most 256 processes and threads")
        .doesNotContain("Python is", "gem install", "pipx");
  }

  @Test
  void speaksInGeneralWordsWhenNobodyIsNamed() {
    assertThat(byDefault().text(Optional.empty()))
        .contains("the Linux account of the person you talk to")
        .doesNotContain("alice", "/home");
  }

  @Test
  void leavesOutWhatTheMachineDoesNotHave() {
    assertThat(
            new SystemPrompt(BARE_MACHINE, Optional.empty(), Optional.empty())
                .text(Optional.of(ALICE)))
        .contains("a computer: Linux 6.1, aarch64, host h.")
        .doesNotContain("Installed", "Python");
  }

  @Test
  void endsTheDefaultWithTheOperatorsInformation() {
    assertThat(
            new SystemPrompt(MACHINE, Optional.of(" "), Optional.of("Data is in /data."))
                .text(Optional.empty()))
        .startsWith("You have access to a computer")
        .endsWith("\n\nData is in /data.");
  }

  @ParameterizedTest
  @CsvSource({
    "{{user}} at {{home}}, alice at /home/alice",
    "{{ shell }}|{{\tos }}, /bin/zsh|Linux",
    "{{kernel}} {{arch}} {{hostname}} {{python_version}}, 6.12.1 x86_64 gate 3.13",
    "{{unknown}} {{ us er }} {user} {{User}}, {{unknown}} {{ us er }} {user} {{User}}",
    "{{{user}}} $1 \\0, {alice} $1 \\0"
  })
  void expandsOpenTerminalsVariables(String template, String expected) {
    assertThat(expand(template, Optional.of(ALICE))).isEqualTo(expected);
  }

  @Test
  void expandsForNobodyInParticular() {
    assertThat(expand("[{{user}}] {{home}}", Optional.empty())).isEqualTo("[] ~");
  }

  @Test
  void takesNoValueForATemplate() {
    AccountView tricky = new AccountView("{{home}}", "$0\\1", "{{user}}");

    assertThat(expand("{{user}} {{home}} {{shell}}", Optional.of(tricky)))
        .isEqualTo("{{home}} $0\\1 {{user}}");
  }
}
