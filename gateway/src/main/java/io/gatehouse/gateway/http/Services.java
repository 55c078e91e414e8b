package io.gatehouse.gateway.http;

import io.gatehouse.gateway.account.Accounts;
import io.gatehouse.gateway.chat.WorkingDirectories;
import io.gatehouse.gateway.exec.Executions;
import io.gatehouse.gateway.files.FileServices;
import io.gatehouse.gateway.files.patch.Patches;
import io.gatehouse.gateway.isolation.Isolation;
import io.gatehouse.gateway.notebooks.Notebooks;
import io.gatehouse.gateway.ports.Ports;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.skills.Skills;
import io.gatehouse.gateway.terminal.Terminals;
import java.util.Optional;

/**
 * The services that the endpoints call.
 *
 * @param features what Open WebUI offers besides commands and files
 */
public record Services(
    Accounts accounts,
    Sessions sessions,
    WorkingDirectories directories,
    Isolation isolation,
    Executions executions,
    FileServices files,
    Features features) {

  /**
   * What Open WebUI offers besides commands and files.
   *
   * @param terminals empty where the operator has turned them off
   * @param notebooks empty where the operator has turned them off
   */
  public record Features(
      Optional<Terminals> terminals,
      Optional<Notebooks> notebooks,
      Skills skills,
      Patches patches,
      Ports ports) {}

  /** Empty where the operator has turned terminals off. */
  Optional<Terminals> terminals() {
    return features.terminals();
  }

  /** Empty where the operator has turned notebooks off. */
  Optional<Notebooks> notebooks() {
    return features.notebooks();
  }
}
