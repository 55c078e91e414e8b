package io.gatehouse.gateway.account;

import static io.gatehouse.gateway.account.Volume.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.gateway.account.AccountException.Reason;
import io.gatehouse.gateway.account.AccountSettings.Naming;
import io.gatehouse.gateway.auth.Caller;
import io.gatehouse.gateway.auth.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class AccountsTest {

  private static final int LIMIT = 30;

  @TempDir Path homes;

  private final FakeProvisioner provisioner = new FakeProvisioner();
  private Volume volume;

  @BeforeEach
  void makeVolume() {
    volume = new Volume(homes);
  }

  @Test
  void provisionsAtTheFirstAccessOnly() throws IOException {
    Accounts accounts = accounts(true);
    Account first = accounts.open(user("alice-id"));
    // A known account is not looked up again; otherwise it would be refused here.
    Files.writeString(volume.record("alice-id"), "damage");

    assertThat(accounts.open(user("alice-id"))).isSameAs(first);
    assertThat(provisioner.provisioned).containsExactly(first);
    assertThat(accounts.keyOf(first)).isSameAs(provisioner.keys.getFirst());
  }

  @Test
  void knowsWhichCallerAnAccountIs() {
    Accounts accounts = accounts(true);
    String alice = accounts.open(user("alice-id")).name().value();
    String reserved = accounts.openReserved("gatehouse-caller", "tries isolation").name().value();
    String single = accounts.openSingle().name().value();

    assertThat(accounts.loginCallers().find(alice).flatMap(Caller::user).map(User::id))
        .contains("alice-id");
    assertThat(accounts.loginCallers().find(alice).flatMap(Caller::user).flatMap(User::email))
        .isEmpty();
    assertThat(
            Stream.of(
                    reserved, single, "root", "gateway", "nobody", "0", "20000", "", "../x", "bob")
                .filter(name -> accounts.loginCallers().find(name).isPresent()))
        .isEmpty();
  }

  @Test
  void isNobodyInParticularWhereAllShareOneAccount() {
    String alice = accounts(true).open(user("alice-id")).name().value();
    Accounts accounts = accounts(false);
    String single = accounts.openSingle().name().value();

    assertThat(accounts.loginCallers().find(single))
        .hasValueSatisfying(it -> assertThat(it.user()).isEmpty());
    assertThat(accounts.loginCallers().find(alice)).isEmpty();
    assertThat(accounts.loginCallers().find("root")).isEmpty();
  }

  @Test
  void makesNewKeysAfterARestart() {
    Account account = accounts(true).open(user("alice-id"));
    Accounts restarted = accounts(true);

    assertThatThrownBy(() -> restarted.keyOf(account)).isInstanceOf(IllegalStateException.class);
    assertThat(restarted.open(user("alice-id"))).isEqualTo(account);
    assertThat(restarted.keyOf(account)).isNotSameAs(provisioner.keys.getFirst());
  }

  @Test
  void twentyFirstRequestsOfOneUserProvisionOnce() throws Exception {
    Accounts accounts = accounts(true);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    provisioner.course =
        account -> {
          begun.countDown();
          assertThat(mayEnd.await(LIMIT, TimeUnit.SECONDS)).isTrue();
        };
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Account>> opened = new ArrayList<>();
      for (int request = 0; request < 20; request++) {
        opened.add(threads.submit(() -> accounts.open(user("alice-id"))));
      }
      assertThat(begun.await(LIMIT, TimeUnit.SECONDS)).isTrue();
      mayEnd.countDown();

      for (Future<Account> each : opened) {
        assertThat(each.get(LIMIT, TimeUnit.SECONDS).name()).hasToString("aliceid");
      }
    }
    assertThat(provisioner.provisioned).hasSize(1);
  }

  @Test
  void fiftyNewUsersDoNotWaitForEachOther() throws Exception {
    // Nobody passes before all fifty are being provisioned.
    CyclicBarrier all = new CyclicBarrier(50);
    provisioner.course =
        account -> {
          try {
            all.await(LIMIT, TimeUnit.SECONDS);
          } catch (Exception failure) {
            throw new IllegalStateException(failure);
          }
        };
    Accounts accounts = accounts(true);

    List<Account> opened = inParallel(50, number -> accounts.open(user("12345678-" + number)));

    assertThat(opened.stream().map(Account::uid).distinct()).hasSize(50);
    assertThat(opened.stream().map(Account::name).distinct()).hasSize(50);
  }

  @Test
  void aFailureIsToldAndNotKept() {
    Accounts accounts = accounts(true);
    provisioner.course =
        account -> {
          throw new AccountException(Reason.UNAVAILABLE, "sshd is away");
        };
    assertThatExceptionOfType(AccountException.class)
        .isThrownBy(() -> accounts.open(user("alice-id")))
        .withMessage("sshd is away");

    provisioner.course = account -> {};

    Account account = accounts.open(user("alice-id"));
    assertThat(account.name()).hasToString("aliceid");
    assertThat(provisioner.provisioned).containsExactly(account, account);
  }

  @Test
  void everybodyWhoWaitsHearsOfTheFailure() throws Exception {
    Accounts accounts = accounts(true);
    CountDownLatch mayFail = new CountDownLatch(1);
    provisioner.course =
        account -> {
          assertThat(mayFail.await(LIMIT, TimeUnit.SECONDS)).isTrue();
          throw new AccountException(Reason.UNAVAILABLE, "sshd is away");
        };
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Account>> opened = new ArrayList<>();
      for (int request = 0; request < 20; request++) {
        opened.add(threads.submit(() -> accounts.open(user("alice-id"))));
      }
      mayFail.countDown();

      for (Future<Account> each : opened) {
        assertThatExceptionOfType(ExecutionException.class)
            .isThrownBy(() -> each.get(LIMIT, TimeUnit.SECONDS))
            .havingCause()
            .isInstanceOf(AccountException.class)
            .withMessage("sshd is away");
      }
    }
  }

  @Test
  void aFallenErrorBlocksNobody() {
    Accounts accounts = accounts(true);
    provisioner.course =
        account -> {
          throw new LinkageError("a class is missing");
        };
    assertThatThrownBy(() -> accounts.open(user("alice-id"))).isInstanceOf(LinkageError.class);

    provisioner.course = account -> {};

    assertThat(accounts.open(user("alice-id")).name()).hasToString("aliceid");
  }

  @Test
  void refusesAKnownAccountWhoseHomeIsAnothers() {
    Account account = accounts(true).open(user("alice-id"));
    volume.makeHome("aliceid", 20_007);

    assertThatExceptionOfType(AccountException.class)
        .isThrownBy(() -> accounts(true).open(user("alice-id")))
        .withMessage(
            account.home()
                + " belongs to uid 20007 and not to the account's uid 20000; change its owner or"
                + " move it away")
        .extracting(AccountException::reason)
        .isEqualTo(Reason.CONFLICT);
    assertThat(provisioner.provisioned).hasSize(1);
  }

  @Test
  void refusesAKnownAccountWhoseHomeBecameALink() throws IOException {
    Account account = accounts(true).open(user("alice-id"));
    Files.createSymbolicLink(account.home(), Path.of("/root"));

    assertThatExceptionOfType(AccountException.class)
        .isThrownBy(() -> accounts(true).open(user("alice-id")))
        .withMessage(account.home() + " is a link, so it cannot be a home; move it away");
    assertThat(provisioner.provisioned).hasSize(1);
  }

  @Test
  void provisionsAgainWithANewKey() {
    Accounts accounts = accounts(true);
    Account account = accounts.open(user("alice-id"));
    AccountKeyPair before = accounts.keyOf(account);

    accounts.reprovision(account);

    assertThat(provisioner.provisioned).containsExactly(account, account);
    assertThat(accounts.keyOf(account)).isSameAs(provisioner.keys.getLast()).isNotSameAs(before);
  }

  @Test
  void keepsTheWorkingKeyWhenProvisioningAgainFails() {
    Accounts accounts = accounts(true);
    Account account = accounts.open(user("alice-id"));
    AccountKeyPair before = accounts.keyOf(account);
    provisioner.course =
        any -> {
          throw new AccountException(Reason.UNAVAILABLE, "sshd is away");
        };

    assertThatThrownBy(() -> accounts.reprovision(account)).isInstanceOf(AccountException.class);
    assertThat(accounts.keyOf(account)).isSameAs(before);
  }

  @Test
  void withoutIsolationAllShareOneAccount() {
    Accounts accounts = accounts(false);
    Account shared = accounts.openSingle();

    assertThat(shared.name()).hasToString("user");
    assertThat(shared.home()).isEqualTo(volume.home("user"));
    assertThat(accounts.open(user("alice-id"))).isSameAs(shared);
    assertThat(accounts.open(user("bob-id"))).isSameAs(shared);
    assertThat(provisioner.provisioned).hasSize(1);
    assertThat(accounts(false).openSingle()).isEqualTo(shared);
  }

  @Test
  void adoptsTheSharedHomeOfOpenTerminal() {
    volume.makeHome("user", 1000);

    assertThat(accounts(false).openSingle().uid()).isEqualTo(1000);
  }

  @Test
  void noUserGetsTheSharedAccount() {
    Account shared = accounts(false).openSingle();
    Accounts isolated = accounts(true);

    for (String id : List.of("user", "the-single-account", "USER")) {
      Account account = isolated.open(user(id));
      assertThat(account.name()).isNotEqualTo(shared.name());
      assertThat(account.uid()).isNotEqualTo(shared.uid());
    }
  }

  @Test
  void restoresAllAccountsInOneBatch() {
    Account alice = accounts(true).open(user("alice-id"));
    Account bob = accounts(true).open(user("bob-id"));

    accounts(true).restoreAll();

    assertThat(provisioner.restored).hasSize(1);
    assertThat(provisioner.restored.getFirst()).containsExactlyInAnyOrder(alice, bob);
  }

  @Test
  void asksForNothingWhereThereIsNothingToRestore() {
    accounts(true).restoreAll();

    assertThat(provisioner.restored).isEmpty();
  }

  @Test
  void startsEvenIfNotAllAccountsCouldBeRestored() {
    Account alice = accounts(true).open(user("alice-id"));
    provisioner.course =
        account -> {
          throw new AccountException(Reason.CONFLICT, "not restored: aliceid");
        };
    Accounts accounts = accounts(true);

    accounts.restoreAll();

    assertThat(provisioner.restored).containsExactly(List.of(alice));
  }

  private Accounts accounts(boolean isolation) {
    return new Accounts(volume.settings(Naming.ID, isolation), new FakeSystem(), provisioner);
  }

  private static <T> List<T> inParallel(int count, IntFunction<T> call) throws Exception {
    try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread::new)) {
      List<Future<T>> futures = new ArrayList<>();
      for (int number = 0; number < count; number++) {
        int mine = number;
        futures.add(threads.submit(() -> call.apply(mine)));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get(LIMIT, TimeUnit.SECONDS));
      }
      return results;
    }
  }
}
