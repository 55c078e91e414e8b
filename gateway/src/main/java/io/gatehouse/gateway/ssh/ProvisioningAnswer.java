package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.account.AccountException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What root's command for the gateway says to a request.
 *
 * @param status one of {@code provision}'s exit statuses; none if the connection ended before
 * @param reason what was wrong, or is worth a warning; may be empty
 */
record ProvisioningAnswer(Optional<Integer> status, String reason) {

  private static final Logger LOG = LoggerFactory.getLogger(ProvisioningAnswer.class);

  private static final int DONE = 0;

  private static final int REFUSED = 65;

  private static final int FULL = 73;

  private static final int DISABLED = 77;

  boolean is(int expected) {
    return status.equals(Optional.of(expected));
  }

  /**
   * Logs what a request that was done warns of.
   *
   * @throws AccountException if it was not done
   */
  void requireDone(String request) {
    if (is(REFUSED)) {
      throw new AccountException(AccountException.Reason.CONFLICT, reason);
    }
    if (is(FULL)) {
      throw new AccountException(AccountException.Reason.NO_SPACE, reason);
    }
    if (is(DISABLED)) {
      throw new AccountException(AccountException.Reason.DISABLED, reason);
    }
    if (!is(DONE)) {
      throw new AccountException(
          AccountException.Reason.UNAVAILABLE,
          request + " failed (" + status.map(String::valueOf).orElse("no status") + "): " + reason);
    }
    if (!reason.isEmpty()) {
      LOG.warn("{}: {}", request, reason);
    }
  }
}
