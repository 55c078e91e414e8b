package io.gatehouse.gateway.http;

import io.gatehouse.gateway.account.Accounts;
import io.gatehouse.gateway.exec.Executions;
import io.gatehouse.gateway.files.FileServices;
import io.gatehouse.gateway.isolation.Isolation;
import io.gatehouse.gateway.ports.Ports;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.session.WorkingDirectories;
import io.gatehouse.gateway.terminal.Terminals;
import java.util.Optional;

/** The services that the endpoints call. */
public record Services(
    Accounts accounts,
    Sessions sessions,
    WorkingDirectories directories,
    Isolation isolation,
    FileServices files,
    Programs programs) {

  /**
   * The services that start users' programs or reach them.
   *
   * @param terminals empty where the operator has turned them off
   */
  public record Programs(Executions executions, Optional<Terminals> terminals, Ports ports) {}

  Executions executions() {
    return programs.executions();
  }

  Optional<Terminals> terminals() {
    return programs.terminals();
  }

  Ports ports() {
    return programs.ports();
  }
}
