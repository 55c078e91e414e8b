package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.account.AccountException;
import io.gatehouse.gateway.account.Boundary;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What root's helper says to a request.
 *
 * @param status one of those in {@link Boundary}; none if the helper ended before it answered
 * @param reason what was wrong, or is worth a warning; may be empty
 */
record ProvisioningAnswer(Optional<Integer> status, String reason) {

  private static final Logger LOG = LoggerFactory.getLogger(ProvisioningAnswer.class);

  boolean is(int expected) {
    return status.equals(Optional.of(expected));
  }

  /**
   * Logs what a request that was done warns of.
   *
   * @throws AccountException if it was not done
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
      LOG.warn("{}: {}", request, reason);
    }
  }
}
