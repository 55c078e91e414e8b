package io.gatehouse.gateway.account;

import static io.gatehouse.gateway.account.Volume.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gatehouse.gateway.account.AccountException.Reason;
import io.gatehouse.gateway.account.AccountSettings.Naming;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what happens if something exists already at the place of a new account's home. */
final class AdoptionTest {

  @TempDir Path homes;

  private Volume volume;

  @BeforeEach
  void makeVolume() {
    volume = new Volume(homes);
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1001, 19_999, 20_000, 60_000})
  void takesTheUidThatOwnsTheHome(int uid) throws IOException {
    Path home = volume.makeHome("aliceid", uid);

    assertThat(volume.registry().findOrAllocate(user("alice-id")))
        .isEqualTo(new Account(new AccountName("aliceid"), uid, home));
    volume.assertOwner(home, uid);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 999, 60_001, 65_534})
  void refusesAHomeOfTheSystem(int uid) throws IOException {
    Path home = volume.makeHome("aliceid", uid);

    assertConflict(
        home
            + " belongs to uid "
            + uid
            + ", which a new account cannot have; change the owner of the home or move it away");
    volume.assertOwner(home, uid);
  }

  @Test
  void refusesAHomeOfAnotherAccountOfTheSystem() {
    volume.makeHome("aliceid", 1001);

    assertConflict(
        volume.home("aliceid")
            + " belongs to uid 1001, which a new account cannot have; change the owner of the home"
            + " or move it away",
        new FakeSystem().with("bob", 1001));
  }

  @Test
  void refusesAHomeOfAnotherUser() {
    Account bob = volume.registry().findOrAllocate(user("bob-id"));
    volume.makeHome("aliceid", bob.uid());

    assertConflict(
        volume.home("aliceid")
            + " belongs to uid 20000, which belongs to another account; change the owner of the"
            + " home or move it away");
  }

  @Test
  void refusesAUidThatWouldOpenAnotherHome() {
    // Open Terminal in a second container on one volume: the uid of bob's home was given to alice.
    volume.makeHome("aliceid", 1001);
    volume.makeHome("bobid", 1001);

    assertConflict(
        volume.home("aliceid")
            + " belongs to uid 1001, which owns another home too; change the owner of the home or"
            + " move it away");
  }

  @Test
  void neverGivesANewAccountTheUidOfAHomeThatLostItsRecord() {
    volume.makeHome("bobid", 20_000);

    assertThat(volume.registry().findOrAllocate(user("alice-id")).uid()).isEqualTo(20_001);
  }

  @Test
  void refusesALinkAtThePlaceOfTheHome() throws IOException {
    Path bob = volume.makeHome("bobid", 1002);
    Files.createSymbolicLink(volume.home("aliceid"), bob);

    assertConflict(volume.home("aliceid") + " is a link, so it cannot be a home; move it away");
    volume.assertOwner(bob, 1002);
  }

  @Test
  void refusesALinkToNowhereAtThePlaceOfTheHome() throws IOException {
    Files.createSymbolicLink(volume.home("aliceid"), Path.of("/nonexistent"));

    assertConflict(volume.home("aliceid") + " is a link, so it cannot be a home; move it away");
  }

  @Test
  void refusesAFileAtThePlaceOfTheHome() throws IOException {
    Files.createFile(volume.home("aliceid"));

    assertConflict(
        volume.home("aliceid") + " is not a folder, so it cannot be a home; move it away");
  }

  @Test
  void givesTheSameNameOnceTheConflictIsMended() throws IOException {
    AccountRegistry registry = volume.registry();
    Files.createFile(volume.home("aliceid"));
    assertThatExceptionOfType(AccountException.class)
        .isThrownBy(() -> registry.findOrAllocate(user("alice-id")));

    // Nobody else gets it in the meantime either.
    Account other = registry.findOrAllocate(user("ALICE-ID"));
    Files.delete(volume.home("aliceid"));

    assertThat(other.name()).isNotEqualTo(new AccountName("aliceid"));
    assertThat(registry.findOrAllocate(user("alice-id")).name()).hasToString("aliceid");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1001, 20_000})
  void aMailAddressDoesNotOpenTheHomeOfAnother(int uid) throws IOException {
    Path home = volume.makeHome("ab12cd34", uid);
    AccountRegistry registry = volume.registry(Naming.EMAIL, new FakeSystem());

    assertThatExceptionOfType(AccountException.class)
        .isThrownBy(() -> registry.findOrAllocate(user("alice-id", "ab12cd34@example.org")))
        .withMessage(
            home
                + " exists already and belongs to uid "
                + uid
                + "; a user whose account is named from a mail address cannot get an existing home;"
                + " move the home away")
        .extracting(AccountException::reason)
        .isEqualTo(Reason.CONFLICT);
    // It does not keep the name from the user whose id the name comes from, either.
    assertThat(volume.registryFiles("names")).isEmpty();
    volume.assertOwner(home, uid);
  }

  @Test
  void theOwnHomeOfAFasterGatewayIsNoConflict() throws IOException {
    AccountRegistry slower = volume.registry(Naming.EMAIL, new FakeSystem());
    Account alice = slower.findOrAllocate(user("alice-id", "alice@example.org"));
    volume.makeHome("alice", alice.uid());
    Files.delete(volume.record("alice-id"));

    assertThat(slower.findOrAllocate(user("alice-id", "alice@example.org"))).isEqualTo(alice);
  }

  private void assertConflict(String message) {
    assertConflict(message, new FakeSystem());
  }

  private void assertConflict(String message, FakeSystem system) {
    assertThatExceptionOfType(AccountException.class)
        .isThrownBy(() -> volume.registry(Naming.ID, system).findOrAllocate(user("alice-id")))
        .withMessage(message)
        .extracting(AccountException::reason)
        .isEqualTo(Reason.CONFLICT);
    assertThat(volume.record("alice-id")).doesNotExist();
  }
}
