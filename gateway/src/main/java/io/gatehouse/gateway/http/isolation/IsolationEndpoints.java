package io.gatehouse.gateway.http.isolation;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.Accounts;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.isolation.Finding;
import io.gatehouse.gateway.isolation.Isolation;
import io.gatehouse.gateway.session.Sessions;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Shows how far users are kept apart, and ends all processes of a user. */
public final class IsolationEndpoints {

  private static final int NOT_READY = 503;

  private final Isolation isolation;
  private final Accounts accounts;
  private final Sessions sessions;

  public IsolationEndpoints(Isolation isolation, Accounts accounts, Sessions sessions) {
    this.isolation = isolation;
    this.accounts = accounts;
    this.sessions = sessions;
  }

  /**
   * Answers whether the server is ready: a login has worked, and the measures in force are known.
   */
  public void ready(Exchange exchange) throws IOException {
    Optional<List<Finding>> findings = isolation.atStart();
    if (findings.isEmpty()) {
      exchange.status(NOT_READY).json(Map.of("status", "starting"));
      return;
    }
    List<String> inForce =
        findings.get().stream()
            .filter(Finding::inForce)
            .map(finding -> finding.measure().word())
            .toList();
    exchange.json(Map.of("status", "ok", "isolation", inForce));
  }

  public void show(Exchange exchange) throws IOException {
    Account account = exchange.openAccount();
    List<Map<String, Object>> measures =
        isolation.tryFrom(account).stream().map(finding -> describe(account, finding)).toList();
    exchange.json(
        Map.of(
            "account",
            account.name().value(),
            "user_isolation",
            accounts.isolated(),
            "measures",
            measures));
  }

  private Map<String, Object> describe(Account account, Finding finding) {
    return Map.of(
        "measure",
        finding.measure().word(),
        "in_force",
        finding.inForce(),
        "required",
        isolation.isRequired(account, finding.measure()),
        "evidence",
        finding.evidence());
  }

  /**
   * Ends all processes of the account. Root does it, so that it works when the account's own bounds
   * or a full process table leave no room for one more process.
   */
  public void endProcesses(Exchange exchange) throws IOException {
    sessions.of(exchange.openAccount()).endProcesses();
    exchange.json(Map.of("status", "ended"));
  }
}
