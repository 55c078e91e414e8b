package io.gatehouse.gateway.account;

import io.gatehouse.gateway.auth.Role;
import java.util.List;

/** Makes accounts exist in the operating system; every call may be repeated. */
public interface Provisioner {

  /**
   * Makes the account, its home and its key pair exist.
   *
   * @param role the role whose bounds the account's next login has
   * @throws AccountException if it cannot be done
   */
  void provision(Account account, AccountKeyPair key, Role role);

  /**
   * Makes the accounts exist without looking into their homes, in one batch.
   *
   * @throws AccountException if some accounts could not be restored; all other accounts exist then
   */
  void restore(List<Account> accounts);

  /**
   * Disables the account, ends its processes, and records that on the volume, because of what Open
   * WebUI says of its user.
   *
   * @throws AccountException if it cannot be done
   */
  void disable(Account account);

  /**
   * Takes {@link #disable} back. An account that an admin has disabled stays disabled.
   *
   * @throws AccountException if it cannot be done
   */
  void enable(Account account);

  /**
   * Disables, enables or removes the account on this machine as it is recorded on the volume, where
   * another machine may have recorded it.
   *
   * @throws AccountException if it cannot be done
   */
  void apply(Account account);

  /**
   * Opens the connection that {@link #end} uses, so that it need not be opened when the machine is
   * busy. Without this call, the first request opens the connection.
   *
   * @throws AccountException if it cannot be done
   */
  void prepareToEnd();

  /**
   * Kills every process of the account, whoever started it, and returns when they are gone.
   *
   * @throws AccountException if it cannot be done
   */
  void end(Account account);

  /**
   * Does the same as {@link #end}, unless somebody is logged in to the account.
   *
   * @return false if somebody is logged in, so that nothing was killed
   * @throws AccountException if it cannot be done
   */
  boolean endIfLeft(Account account);
}
