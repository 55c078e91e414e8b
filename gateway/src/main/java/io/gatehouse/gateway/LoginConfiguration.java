package io.gatehouse.gateway;

import static io.gatehouse.gateway.Configuration.PREFIX;

import io.gatehouse.gateway.account.AccountSettings;
import io.gatehouse.gateway.account.AccountSettings.Naming;
import io.gatehouse.gateway.isolation.IsolationSettings;
import io.gatehouse.gateway.isolation.Measure;
import io.gatehouse.gateway.notebooks.NotebookSettings;
import io.gatehouse.gateway.ssh.SshSettings;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The settings of accounts, of the logins to them, and of what keeps them apart.
 *
 * @param documents the program that reads documents in a login, which every account can read
 * @param notebooks how long cells and kernels in a login may take
 */
record LoginConfiguration(
    AccountSettings accounts,
    SshSettings ssh,
    IsolationSettings isolation,
    Path documents,
    NotebookSettings notebooks) {

  private static final Path HOMES = Path.of("/home");
  private static final Path DEFAULT_DOCUMENTS =
      Path.of("/usr/lib/gatehouse/program/documents/documents.jar");

  /**
   * @param state the folder of the gateway's state
   * @param sessionMode whether Open WebUI is asked about tokens
   */
  static LoginConfiguration read(
      Environment environment, Path state, boolean isolation, boolean sessionMode) {
    SshSettings ssh = ssh(environment);
    return new LoginConfiguration(
        accounts(environment, state, isolation, sessionMode),
        ssh,
        isolation(environment, ssh, isolation),
        environment.directory("GATEHOUSE_DOCUMENTS").orElse(DEFAULT_DOCUMENTS),
        notebooks(environment));
  }

  private static NotebookSettings notebooks(Environment environment) {
    return new NotebookSettings(
        environment.flag(PREFIX + "ENABLE_NOTEBOOKS").orElse(true),
        environment
            .seconds("GATEHOUSE_NOTEBOOK_CELL_TIMEOUT", NotebookSettings.LONGEST_CELL_LIMIT)
            .orElse(NotebookSettings.DEFAULT_CELL_LIMIT),
        environment
            .seconds("GATEHOUSE_NOTEBOOK_IDLE_END", NotebookSettings.LONGEST_IDLE_END)
            .orElse(NotebookSettings.DEFAULT_IDLE_END));
  }

  private static AccountSettings accounts(
      Environment environment, Path state, boolean isolation, boolean sessionMode) {
    String prefix =
        environment
            .matching(
                PREFIX + "USER_PREFIX", AccountSettings.PREFIX_RULE, AccountSettings::isPrefix)
            .orElse("");
    Naming naming = environment.choice(PREFIX + "ACCOUNT_NAMES", Naming.class).orElse(Naming.AUTO);
    // In key mode no mail address arrives. Such a gateway must not decide for the whole volume what
    // names are made of, because it could make no other ones.
    Naming possible = naming == Naming.AUTO && !sessionMode ? Naming.ID : naming;
    return new AccountSettings(state, HOMES, prefix, possible, isolation);
  }

  private static SshSettings ssh(Environment environment) {
    return SshSettings.of(
        (int) environment.number(PREFIX + "SSH_PORT", 1, 65_535, SshSettings.DEFAULT_PORT),
        environment.directory(PREFIX + "RUNTIME_DIR").orElse(SshSettings.DEFAULT_RUNTIME_DIRECTORY),
        environment
            .matching(
                PREFIX + "TERM",
                "the name of a terminal like xterm-256color",
                value -> value.matches("[A-Za-z0-9][A-Za-z0-9+._-]{0,63}"))
            .orElse(SshSettings.DEFAULT_TERMINAL_TYPE));
  }

  private static IsolationSettings isolation(
      Environment environment, SshSettings ssh, boolean isolation) {
    String name = PREFIX + "REQUIRE_ISOLATION";
    Set<Measure> required = EnumSet.noneOf(Measure.class);
    for (String word : environment.list(name, List.of())) {
      Measure.find(word)
          .ifPresentOrElse(
              required::add,
              () ->
                  environment.problem(
                      name
                          + " is a list of measures with commas between, and one of "
                          + word.length()
                          + " characters is none; there are "
                          + Measure.WORDS));
    }
    // An operator who sets the domains needs them enforced. netguard does that, from outside this
    // container.
    if (environment.isSet(PREFIX + "ALLOWED_DOMAINS")) {
      required.add(Measure.EGRESS);
    }
    if (!required.isEmpty() && !isolation) {
      environment.problem(
          name + " and " + PREFIX + "ALLOWED_DOMAINS need " + PREFIX + "USER_ISOLATION=true");
    }
    return new IsolationSettings(ssh.probe(), ssh.port(), ssh.inForce(), required);
  }
}
