package io.gatehouse.gateway.account;

import io.gatehouse.gateway.auth.Role;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes what it is asked for, and does to it what a test says. */
final class FakeProvisioner implements Provisioner {

  /** What happens while an account is provisioned. */
  interface Course {
    void run(Account account) throws InterruptedException;
  }

  final List<Account> provisioned = new CopyOnWriteArrayList<>();
  final List<Role> roles = new CopyOnWriteArrayList<>();
  final List<AccountKeyPair> keys = new CopyOnWriteArrayList<>();
  final List<List<Account>> restored = new CopyOnWriteArrayList<>();

  volatile Course course = account -> {};

  @Override
  public void provision(Account account, AccountKeyPair key, Role role) {
    provisioned.add(account);
    roles.add(role);
    keys.add(key);
    run(account);
  }

  @Override
  public void restore(List<Account> accounts) {
    restored.add(accounts);
    run(accounts.getFirst());
  }

  @Override
  public void prepareToEnd() {}

  @Override
  public void end(Account account) {
    run(account);
  }

  @Override
  public boolean endIfLeft(Account account) {
    run(account);
    return true;
  }

  private void run(Account account) {
    try {
      course.run(account);
    } catch (InterruptedException interruption) {
      throw new IllegalStateException(interruption);
    }
  }
}
