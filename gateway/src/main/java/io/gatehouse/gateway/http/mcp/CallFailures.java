package io.gatehouse.gateway.http.mcp;

import io.gatehouse.gateway.auth.User;
import io.gatehouse.gateway.http.exchange.ErrorTable;
import java.util.Optional;

/** Makes the answer to a call that failed, and logs it. */
@FunctionalInterface
public interface CallFailures {

  /**
   * The answer to a call that failed.
   *
   * @param route what was called, for the log
   * @param user who called; empty for a caller with the API key who names nobody
   */
  ErrorTable.Answer answerTo(Exception failure, String route, Optional<User> user);
}
