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
 * The settings of accounts, of their logins, and of the isolation between them.
 *
 * @param documents the jar of the program that reads documents in users' logins; every account must
 *     be able to read the jar
 * @param etc the folder of the admin's configuration; every account must be able to read it
 * @param notebooks the time limits of cells and kernels in users' logins
 */
record LoginConfiguration(
    AccountSettings accounts,
    SshSettings ssh,
    IsolationSettings isolation,
    Path documents,
    Path etc,
    NotebookSettings notebooks) {

  private static final Path DEFAULT_ETC = Path.of("/etc/gatehouse");
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
        environment.directory("GATEHOUSE_ETC").orElse(DEFAULT_ETC),
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
    // In key mode the gateway is never told a mail address, so it can make names from ids only. It
    // must not record that as the decision for the whole volume.
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
                "the name of a terminal type like xterm-256color",
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
                          + " must be a list of measures, separated by commas; its item of "
                          + word.length()
                          + " characters is not a measure; the measures are "
                          + Measure.WORDS));
    }
    // An operator who sets ALLOWED_DOMAINS needs them enforced. netguard enforces them, from
    // outside this container, so the gateway has to check at its start that they are in force.
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
