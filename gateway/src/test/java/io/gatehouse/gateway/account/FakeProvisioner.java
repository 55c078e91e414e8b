package io.gatehouse.gateway.account;

import io.gatehouse.gateway.auth.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

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

  /** What root was asked to do with accounts that have an end. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  /** Where it writes what it was asked for, as root does; null where nobody reads it. */
  volatile @Nullable Volume standings;

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
  public void disable(Account account) {
    asked.add("disable " + account.name());
    run(account);
    if (standings != null) {
      standings.standing(
          account.name().value(), "disabled " + account.uid() + " open-webui 1790000000");
    }
  }

  @Override
  public void enable(Account account) {
    asked.add("enable " + account.name());
    run(account);
    if (standings != null) {
      try {
        Files.delete(standings.standingFile(account.name().value()));
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }

  @Override
  public void apply(Account account) {
    asked.add("apply " + account.name());
    run(account);
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
