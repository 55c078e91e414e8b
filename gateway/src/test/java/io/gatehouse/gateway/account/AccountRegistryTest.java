package io.gatehouse.gateway.account;

import static io.gatehouse.gateway.account.Volume.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gatehouse.gateway.account.AccountException.Reason;
import io.gatehouse.gateway.account.AccountSettings.Naming;
import io.gatehouse.gateway.auth.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AccountRegistryTest {

  @TempDir Path homes;

  private Volume volume;

  @BeforeEach
  void makeVolume() {
    volume = new Volume(homes);
  }

  @Test
  void givesNamesAndUidsInTurn() {
    AccountRegistry registry = volume.registry();

    assertThat(registry.findOrAllocate(user("alice-id")))
        .isEqualTo(new Account(new AccountName("aliceid"), 20_000, homes.resolve("aliceid")));
    assertThat(registry.findOrAllocate(user("bob-id")).uid()).isEqualTo(20_001);
  }

  @Test
  void keepsTheAccountOverARestart() {
    Account first = volume.registry().findOrAllocate(user("alice-id"));

    assertThat(volume.registry().findOrAllocate(user("alice-id"))).isEqualTo(first);
    assertThat(volume.registry().all()).containsExactly(first);
  }

  @Test
  void neverGivesTwoIdsOneAccount() {
    AccountRegistry registry = volume.registry();
    Account first = registry.findOrAllocate(user("12345678-a"));
    Account second = registry.findOrAllocate(user("12345678-b"));
    Account third = registry.findOrAllocate(user("12345678-A"));

    assertThat(first.name()).hasToString("u12345678");
    assertThat(second.name()).hasToString("u12345678-" + UserKey.of("12345678-b").substring(0, 4));
    assertThat(List.of(first.uid(), second.uid(), third.uid())).doesNotHaveDuplicates();
    assertThat(volume.registry().findOrAllocate(user("12345678-b"))).isEqualTo(second);
  }

  @Test
  void putsTheHomesOfItsOwnAccountsElsewhereAndTheSingleOneAmongUsers() {
    AccountName caller = new AccountName("xgatehouse-caller");
    Account own = volume.registry().findOrAllocate(caller, "who tries isolation");
    Account single =
        volume.registry().findOrAllocate(new AccountName("user"), Accounts.SINGLE_PURPOSE);

    assertThat(own.home()).isEqualTo(homes.resolve(".gatehouse/reserved/xgatehouse-caller"));
    assertThat(own.reserved()).isTrue();
    assertThat(single.home()).isEqualTo(homes.resolve("user"));
    assertThat(single.reserved()).isFalse();
    // Also those of a volume on which an earlier version made them among users' homes.
    assertThat(volume.registry().all()).containsExactlyInAnyOrder(own, single);
  }

  @Test
  void keepsANameFromAMailAddressWhenTheAddressChanges() {
    AccountRegistry registry = volume.registry(Naming.EMAIL, new FakeSystem());
    Account alice = registry.findOrAllocate(user("id-1", "alice@example.org"));
    Account other = registry.findOrAllocate(user("id-2", "alice@example.com"));

    assertThat(alice.name()).hasToString("alice");
    assertThat(other.name()).hasToString("alice-2");
    assertThat(registry.findOrAllocate(user("id-1", "smith@example.org"))).isEqualTo(alice);
    assertThat(volume.registry().findOrAllocate(user("id-2"))).isEqualTo(other);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../etc/passwd",
        "/etc/passwd",
        "..",
        ".",
        "-rf",
        "$(id)",
        "`id`",
        "a\"b\\c",
        "{\"id\":1}",
        "%2e%2e%2f",
        "root"
      })
  void harmsNothingWithAHostileId(String id) throws IOException {
    Account account = volume.registry().findOrAllocate(user(id));

    assertThat(account.home().getParent()).isEqualTo(homes);
    assertThat(account.name().isReserved()).isFalse();
    assertThat(homes.toFile().list()).containsExactly(".gatehouse");
    assertThat(volume.registryFiles("users")).containsExactly(UserKey.of(id));
    assertThat(volume.registry().findOrAllocate(user(id))).isEqualTo(account);
  }

  @Test
  void takesTheLongestId() {
    Account account = volume.registry().findOrAllocate(user("x".repeat(255)));

    assertThat(account.name()).hasToString("xxxxxxxx");
    assertThat(volume.registry().all()).containsExactly(account);
  }

  @Test
  void tellsIdsBeyondAsciiApart() {
    AccountName name = new AccountName("shared");
    AccountRegistry registry = volume.registry();

    assertThat(registry.findOrAllocate(name, "ünïcödé 李")).isNotNull();
    assertThatExceptionOfType(AccountException.class)
        .isThrownBy(() -> registry.findOrAllocate(name, "ünïcödé 杏"));
  }

  @Test
  void skipsAccountsThatAreNotGatehouses() {
    FakeSystem system = new FakeSystem().with("aliceid", 1001).with("someone", 20_000);

    Account alice = volume.registry(Naming.ID, system).findOrAllocate(user("alice-id"));

    assertThat(alice.name()).hasToString("aliceid-" + UserKey.of("alice-id").substring(0, 4));
    assertThat(alice.uid()).isEqualTo(20_001);
  }

  @Test
  void takesItsOwnAccountInTheSystemForItsOwn() {
    FakeSystem system = new FakeSystem();
    Account alice = volume.registry(Naming.ID, system).findOrAllocate(user("alice-id"));
    system.with(alice.name().value(), alice.uid());

    assertThat(volume.registry(Naming.ID, system).findOrAllocate(user("alice-id")))
        .isEqualTo(alice);
  }

  @Test
  void saysThatNoNameIsLeftInsteadOfSearchingForEver() {
    User alice = user("alice-id");
    FakeSystem system = new FakeSystem();
    new AccountNames("")
        .candidates(alice, Naming.ID)
        .forEach(each -> system.with(each.name().value(), 1001));

    assertThatExceptionOfType(AccountException.class)
        .isThrownBy(() -> volume.registry(Naming.ID, system).findOrAllocate(alice))
        .withMessage(
            "all names that this user's account could have are taken; an administrator has to set"
                + " another OPEN_TERMINAL_USER_PREFIX")
        .extracting(AccountException::reason)
        .isEqualTo(Reason.REGISTRY);
  }

  @Test
  void saysThatNoUidIsLeft() throws IOException {
    AccountRegistry registry = volume.registry();
    for (int uid = UidAllocation.FIRST_UID; uid < Boundary.LARGEST_UID; uid++) {
      Files.createFile(volume.registryFile("uids", Integer.toString(uid)));
    }

    assertThatExceptionOfType(AccountException.class)
        .isThrownBy(() -> registry.findOrAllocate(user("alice-id")))
        .withMessage("no account can be made, because all uids from 20000 to 59999 are taken");
  }

  @Test
  void findsTheGapsOnceTheLastUidIsTaken() throws IOException {
    AccountRegistry registry = volume.registry();
    Files.createFile(volume.registryFile("uids", "59999"));
    Files.createFile(volume.registryFile("uids", "20000"));

    assertThat(registry.findOrAllocate(user("alice-id")).uid()).isEqualTo(20_001);
  }

  @Test
  void isNotConfusedByFilesOfOthersAmongTheClaims() throws IOException {
    AccountRegistry registry = volume.registry();
    Files.createFile(volume.registryFile("uids", "README"));
    Files.createFile(volume.registryFile("uids", "99999999999999"));

    assertThat(registry.findOrAllocate(user("alice-id")).uid()).isEqualTo(20_000);
  }

  @Test
  void keepsTheRegistryToItself() throws IOException {
    volume.registry().findOrAllocate(user("alice-id"));

    for (String folder : List.of("users", "names", "uids")) {
      Path path = volume.registryFolder(folder);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rwx------");
      for (String file : volume.registryFiles(folder)) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path.resolve(file))))
            .isEqualTo("rw-------");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "null",
        "[]",
        "{\"id\":\"bob-id\",\"name\":\"bo",
        "{\"id\":\"bob-id\",\"name\":\"bobid\"}",
        "{\"id\":\"bob-id\",\"name\":\"../bob\",\"uid\":20001}",
        "{\"id\":\"bob-id\",\"name\":\"bobid\",\"uid\":0}",
        "{\"id\":\"bob-id\",\"name\":\"bobid\",\"uid\":\"x\"}",
        "{\"id\":\"alice-id\",\"name\":\"aliceid\",\"uid\":20000}"
      })
  void aDamagedRecordIsNamedAndHarmsNobodyElse(String content) throws IOException {
    AccountRegistry registry = volume.registry();
    Account alice = registry.findOrAllocate(user("alice-id"));
    registry.findOrAllocate(user("bob-id"));
    Files.writeString(volume.record("bob-id"), content);

    assertThat(registry.all()).containsExactly(alice);
    assertThatExceptionOfType(AccountException.class)
        .isThrownBy(() -> registry.findOrAllocate(user("bob-id")))
        .withMessage(
            "the record "
                + volume.record("bob-id")
                + " is damaged; restore the registry from a backup"
                + " (docs/how-to/backup-and-restore.md)")
        .extracting(AccountException::reason)
        .isEqualTo(Reason.REGISTRY);
  }

  @Test
  void aRecordThatIsNotEvenTextIsNamed() throws IOException {
    AccountRegistry registry = volume.registry();
    Account alice = registry.findOrAllocate(user("alice-id"));
    registry.findOrAllocate(user("bob-id"));
    Files.write(volume.record("bob-id"), new byte[] {(byte) 0xff, (byte) 0xfe});

    assertThat(registry.all()).containsExactly(alice);
  }

  @Test
  void aRecordWithTheNameOrUidOfAnotherGivesNoAccount() throws IOException {
    AccountRegistry registry = volume.registry();
    Account alice = registry.findOrAllocate(user("alice-id"));
    registry.findOrAllocate(user("bob-id"));

    for (String stolen :
        List.of(
            "{\"id\":\"bob-id\",\"name\":\"aliceid\",\"uid\":20001}",
            "{\"id\":\"bob-id\",\"name\":\"bobid\",\"uid\":20000}")) {
      Files.writeString(volume.record("bob-id"), stolen);
      assertThat(registry.all()).containsExactly(alice);
      assertThatExceptionOfType(AccountException.class)
          .isThrownBy(() -> registry.findOrAllocate(user("bob-id")))
          .withMessageContaining("belongs to another user; restore");
    }
  }

  @Test
  void makesLostClaimsOfARecordAgain() throws IOException {
    Account alice = volume.registry().findOrAllocate(user("alice-id"));
    Files.delete(volume.registryFile("names", "aliceid"));
    Files.delete(volume.registryFile("uids", "20000"));

    assertThat(volume.registry().all()).containsExactly(alice);
    assertThat(volume.registryFiles("names")).containsExactly("aliceid");
    assertThat(volume.registryFiles("uids")).containsExactly("20000");
  }

  @Test
  void goesOnWhereACrashStopped() throws IOException {
    AccountRegistry registry = volume.registry();
    String alice = UserKey.of("alice-id");
    Files.writeString(volume.registryFile("names", "aliceid"), alice);
    Files.writeString(volume.registryFile("uids", "20000"), alice);
    Files.writeString(volume.registryFile("users", ".new-123"), "{\"id\":\"al");

    Account bob = registry.findOrAllocate(user("ALICE-ID"));
    Account account = registry.findOrAllocate(user("alice-id"));

    assertThat(account.name()).hasToString("aliceid");
    assertThat(bob.name()).isNotEqualTo(account.name());
    assertThat(registry.all()).containsExactlyInAnyOrder(account, bob);
  }

  @Test
  void aTruncatedClaimIsNobodysAndNeverHandedOut() throws IOException {
    AccountRegistry registry = volume.registry();
    Files.writeString(volume.registryFile("names", "aliceid"), "");
    Files.writeString(volume.registryFile("uids", "20000"), "");

    Account alice = registry.findOrAllocate(user("alice-id"));

    assertThat(alice.name()).hasToString("aliceid-" + UserKey.of("alice-id").substring(0, 4));
    assertThat(alice.uid()).isEqualTo(20_001);
  }

  @Test
  @Timeout(60)
  void twoGatewaysGiveFiftyUsersFiftyAccounts() throws Exception {
    AccountRegistry one = volume.registry();
    AccountRegistry other = volume.registry();
    List<Callable<Account>> calls = new ArrayList<>();
    for (int user = 0; user < 50; user++) {
      // All begin with the same eight characters.
      User same = user("12345678-" + user);
      calls.add(() -> one.findOrAllocate(same));
      calls.add(() -> other.findOrAllocate(same));
    }

    List<Account> accounts = atOnce(calls);

    assertThat(accounts.stream().map(Account::name).distinct()).hasSize(50);
    assertThat(accounts.stream().map(Account::uid).distinct()).hasSize(50);
    assertThat(one.all())
        .hasSize(50)
        .containsExactlyInAnyOrderElementsOf(accounts.stream().distinct().toList());
    // The name that the slower of two registries claimed in vain is free again.
    assertThat(volume.registryFiles("uids")).hasSize(50);
    assertThat(volume.registryFiles("names")).hasSize(50);
  }

  @Test
  @Timeout(60)
  void twoGatewaysGiveOneUserOneAccount() throws Exception {
    List<Callable<Account>> calls = new ArrayList<>();
    for (int thread = 0; thread < 50; thread++) {
      AccountRegistry registry = volume.registry(Naming.EMAIL, new FakeSystem());
      calls.add(() -> registry.findOrAllocate(user("alice-id", "alice@example.org")));
    }

    assertThat(atOnce(calls).stream().distinct()).hasSize(1);
  }

  private static <T> List<T> atOnce(List<Callable<T>> calls) throws Exception {
    CyclicBarrier start = new CyclicBarrier(calls.size());
    List<T> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread::new)) {
      List<Future<T>> futures = new ArrayList<>();
      for (Callable<T> call : calls) {
        futures.add(
            threads.submit(
                () -> {
                  start.await(30, TimeUnit.SECONDS);
                  return call.call();
                }));
      }
      for (Future<T> future : futures) {
        results.add(future.get(30, TimeUnit.SECONDS));
      }
    }
    return results;
  }
}
