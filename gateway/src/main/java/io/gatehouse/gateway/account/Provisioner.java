package io.gatehouse.gateway.account;

import java.util.List;

/** Makes accounts exist in the operating system; every call may be repeated. */
public interface Provisioner {

  /**
   * Makes the account, its home and its key pair exist.
   *
   * @throws AccountException if it cannot be done
   */
  void provision(Account account, AccountKeyPair key);

  /**
   * Makes the accounts exist without looking into their homes, in one batch.
   *
   * @throws AccountException if it could not be done for all; the others exist then
   */
  void restore(List<Account> accounts);
}
