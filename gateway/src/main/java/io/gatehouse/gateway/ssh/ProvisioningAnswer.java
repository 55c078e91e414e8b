package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.account.AccountException;
import io.gatehouse.gateway.account.Boundary;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer of root's helper ({@code sshd-config/root-helper}) to a request.
 *
 * @param status a status that {@link Boundary} names; empty if the helper ended before it answered
 * @param reason what went wrong, or a warning; may be empty
 */
record ProvisioningAnswer(Optional<Integer> status, String reason) {

  private static final Logger LOG = LoggerFactory.getLogger(ProvisioningAnswer.class);

  boolean is(int expected) {
    return status.equals(Optional.of(expected));
  }

  /**
   * Logs the warning of a request that was done, if it has one.
   *
   * @throws AccountException if the request was not done
   */
  void requireDone(String request) {
    if (is(Boundary.STATUS_CONFLICT)) {
      throw new AccountException(AccountException.Reason.CONFLICT, reason);
    }
    if (is(Boundary.STATUS_FULL)) {
      throw new AccountException(AccountException.Reason.NO_SPACE, reason);
    }
    if (is(Boundary.STATUS_NOT_ENABLED)) {
      throw new AccountException(AccountException.Reason.DISABLED, reason);
    }
    if (!is(Boundary.STATUS_DONE)) {
      throw new AccountException(
          AccountException.Reason.UNAVAILABLE,
          request + " failed (" + status.map(String::valueOf).orElse("no status") + "): " + reason);
    }
    if (!reason.isEmpty()) {
      LOG.warn("root-helper has done the request \"{}\", but warns: {}", request, reason);
    }
  }
}
