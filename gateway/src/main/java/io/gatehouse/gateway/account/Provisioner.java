package io.gatehouse.gateway.account;

import io.gatehouse.gateway.auth.Role;
import java.util.List;

/** Makes accounts exist in the operating system; every call may be repeated. */
public interface Provisioner {

  /**
   * Makes the account, its home and its key pair exist.
   *
   * @param role whose bounds its next login has
   * @throws AccountException if it cannot be done
   */
  void provision(Account account, AccountKeyPair key, Role role);

  /**
   * Makes the accounts exist without looking into their homes, in one batch.
   *
   * @throws AccountException if it could not be done for all; the others exist then
   */
  void restore(List<Account> accounts);

  /**
   * Lets the account log in no more, ends what it runs, and keeps that on the volume: Open WebUI
   * says so.
   *
   * @throws AccountException if it cannot be done
   */
  void disable(Account account);

  /**
   * Takes {@link #disable} back; never what an admin has said.
   *
   * @throws AccountException if it cannot be done
   */
  void enable(Account account);

  /**
   * Does on this machine what is kept on the volume: another machine may have written it.
   *
   * @throws AccountException if it cannot be done
   */
  void apply(Account account);

  /**
   * Opens what {@link #end} asks, so that it need not be opened when the machine is busy. Without
   * it, the first one who asks opens it.
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
   * Does the same unless somebody is logged in.
   *
   * @return whether nobody was
   * @throws AccountException if it cannot be done
   */
  boolean endIfLeft(Account account);
}
