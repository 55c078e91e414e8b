package io.gatehouse.gateway.http;

import io.gatehouse.gateway.account.Accounts;
import io.gatehouse.gateway.chat.WorkingDirectories;
import io.gatehouse.gateway.exec.Executions;
import io.gatehouse.gateway.files.FileServices;
import io.gatehouse.gateway.isolation.Isolation;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.terminal.Terminals;
import java.util.Optional;

/**
 * The services that the endpoints call.
 *
 * @param terminals empty if the operator has turned terminals off
 */
public record Services(
    Accounts accounts,
    Sessions sessions,
    WorkingDirectories directories,
    Isolation isolation,
    Executions executions,
    FileServices files,
    Optional<Terminals> terminals) {}
