package io.gatehouse.gateway.account;

import io.gatehouse.gateway.auth.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Records the requests, and answers them as a test says. */
final class FakeProvisioner implements Provisioner {

  /** An action of the test that runs while an account is provisioned. */
  interface Course {
    void run(Account account) throws InterruptedException;
  }

  final List<Account> provisioned = new CopyOnWriteArrayList<>();
  final List<Role> roles = new CopyOnWriteArrayList<>();
  final List<AccountKeyPair> keys = new CopyOnWriteArrayList<>();
  final List<List<Account>> restored = new CopyOnWriteArrayList<>();

  /** The requests to root to disable, enable or apply, each with the name of its account. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  /** The folder to which it writes the results, as root does; null if no test reads them. */
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
