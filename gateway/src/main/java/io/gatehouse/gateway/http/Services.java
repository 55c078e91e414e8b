package io.gatehouse.gateway.http;

import io.gatehouse.gateway.account.Accounts;
import io.gatehouse.gateway.chat.WorkingDirectories;
import io.gatehouse.gateway.exec.Executions;
import io.gatehouse.gateway.files.FileServices;
import io.gatehouse.gateway.isolation.Isolation;
import io.gatehouse.gateway.notebooks.Notebooks;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.terminal.Terminals;
import java.util.Optional;

/** The services that the endpoints call. */
public record Services(
    Accounts accounts,
    Sessions sessions,
    WorkingDirectories directories,
    Isolation isolation,
    Running running,
    FileServices files) {

  /**
   * What runs programs for a user.
   *
   * @param terminals empty where the operator has turned them off
   * @param notebooks empty where the operator has turned them off
   */
  public record Running(
      Executions executions, Optional<Terminals> terminals, Optional<Notebooks> notebooks) {}

  Executions executions() {
    return running.executions();
  }

  Optional<Terminals> terminals() {
    return running.terminals();
  }

  Optional<Notebooks> notebooks() {
    return running.notebooks();
  }
}
