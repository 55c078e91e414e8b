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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests how accounts are named if the admin has not chosen a way. */
final class VolumeNamingTest {

  private static final User ALICE =
      user("3f2a9b1c-77aa-4d21-9e1b-0c5d2e6f7a8b", "alice@example.org");
  private static final User BOB = user("ab12cd34-0000-4000-8000-000000000000", "bob@example.org");

  @TempDir Path homes;

  private Volume volume;

  @BeforeEach
  void makeVolume() {
    volume = new Volume(homes);
  }

  private String name(User user) {
    return name(user, new FakeSystem());
  }

  /** The name that a newly started gateway in session mode gives the user. */
  private String name(User user, FakeSystem system) {
    return volume.registry(Naming.AUTO, system).findOrAllocate(user).name().value();
  }

  private String kept() throws IOException {
    return Files.readString(volume.registryFolder("naming"));
  }

  @Test
  void takesMailAddressesInANewInstallationAndKeepsToThem() throws IOException {
    assertThat(name(ALICE)).isEqualTo("alice");
    assertThat(kept()).isEqualTo("email");
    // A folder that comes later changes nothing.
    Files.createDirectory(volume.home("u00c0ffee"));
    assertThat(name(BOB)).isEqualTo("bob");
  }

  @Test
  void keepsIdsOnAVolumeThatHasThem() throws IOException {
    String before = volume.registry().findOrAllocate(ALICE).name().value();
    assertThat(before).isEqualTo("u3f2a9b1c");
    assertThat(name(ALICE)).isEqualTo(before);
    assertThat(name(BOB)).isEqualTo("ab12cd34");
    assertThat(kept()).isEqualTo("id");
  }

  @Test
  void keepsMailAddressesOnAVolumeWhoseAdminAskedForThemBefore() throws IOException {
    volume.registry(Naming.EMAIL, new FakeSystem()).findOrAllocate(ALICE);
    assertThat(name(BOB)).isEqualTo("bob");
    assertThat(kept()).isEqualTo("email");
  }

  @Test
  void adoptsTheHomesOfOpenTerminal() throws IOException {
    volume.makeHome("ab12cd34", 1001);
    Account bob = volume.registry(Naming.AUTO, new FakeSystem()).findOrAllocate(BOB);
    assertThat(bob.home()).isEqualTo(volume.home("ab12cd34"));
    assertThat(bob.uid()).isEqualTo(1001);
    assertThat(name(ALICE)).as("named alike").isEqualTo("u3f2a9b1c");
    assertThat(kept()).isEqualTo("id");
  }

  @Test
  void takesNoOtherFolderForAHomeOfOpenTerminal() throws IOException {
    // The folders of a Debian machine, of a new file system, and of an earlier key mode without
    // isolation.
    for (String name : new String[] {"debian", "carol", "lost+found", ".snapshots"}) {
      Files.createDirectory(volume.home(name));
    }
    volume.makeHome("user", 1000);
    Files.createFile(volume.home("notes"));
    Files.createSymbolicLink(volume.home("link"), homes);
    volume.registry().findOrAllocate(new AccountName("user"), Accounts.SINGLE_PURPOSE);
    volume.registry().findOrAllocate(new AccountName("gatehouse-caller"), "who tries isolation");
    assertThat(name(ALICE, new FakeSystem().with("carol", 1003).with("debian", 1004)))
        .isEqualTo("alice");
  }

  @Test
  void doesWhatTheAdminSaysAndDecidesNothingThen() {
    volume.registry(Naming.ID, new FakeSystem()).findOrAllocate(ALICE);
    Account bob = volume.registry(Naming.EMAIL, new FakeSystem()).findOrAllocate(BOB);
    assertThat(bob.name()).hasToString("bob");
    assertThat(volume.registryFolder("naming")).doesNotExist();
  }

  @Test
  void countsWhatAnotherGatewayOfTheVolumeHasDecided() throws IOException {
    AccountRegistry slow = volume.registry(Naming.AUTO, new FakeSystem());
    volume.registry(Naming.AUTO, new FakeSystem()).findOrAllocate(ALICE);
    Files.writeString(volume.registryFolder("naming"), "id\n");
    assertThat(slow.findOrAllocate(BOB).name()).hasToString("ab12cd34");
  }

  @Test
  void neverDecidesOverSomebodyWhoWasFaster() {
    VolumeNaming slow = new VolumeNaming(volume.registryFolder("."));
    VolumeNaming fast = new VolumeNaming(volume.registryFolder("."));
    Naming agreed =
        slow.decide(
            () -> {
              assertThat(fast.decide(() -> Naming.ID)).isEqualTo(Naming.ID);
              return Naming.EMAIL;
            });
    assertThat(agreed).isEqualTo(Naming.ID);
  }

  @Test
  void namesWhoCameByTheKeyFromTheIdForGood() {
    AccountRegistry registry = volume.registry(Naming.AUTO, new FakeSystem());
    Account byKey = registry.findOrAllocate(user(ALICE.id()));
    assertThat(byKey.name()).hasToString("u3f2a9b1c");
    assertThat(registry.findOrAllocate(ALICE)).isEqualTo(byKey);
    assertThat(registry.findOrAllocate(BOB).name()).hasToString("bob");
    // Also after a restart: the decision was made before there was anybody.
    assertThat(name(user("c0ffee00-1", "carol@example.org"))).isEqualTo("carol");
  }

  @Test
  void givesTheHomeOfADeletedUserToNobodyWithTheSameMailAddress() {
    Account first = volume.registry(Naming.AUTO, new FakeSystem()).findOrAllocate(ALICE);
    volume.makeHome("alice", first.uid());
    Account again =
        volume
            .registry(Naming.AUTO, new FakeSystem())
            .findOrAllocate(user("99999999-new-id", "alice@example.org"));
    assertThat(again.name()).hasToString("alice-2");
    assertThat(again.uid()).isNotEqualTo(first.uid());
    assertThat(again.home()).isNotEqualTo(first.home());
  }

  @ParameterizedTest
  @ValueSource(strings = {"root", "gateway", "www-data", "user", "gatehouse-caller", "daemon"})
  void givesNobodyTheNameOfTheSystemHoweverTheirMailReads(String localPart) {
    assertThat(name(user("12345678-a", localPart + "@example.org"))).isEqualTo(localPart + "-2");
  }

  @Test
  void saysWhatToDoAboutAFileThatSaysNothing() throws IOException {
    name(ALICE);
    Files.writeString(volume.registryFolder("naming"), "nonsense");
    assertThatExceptionOfType(AccountException.class)
        .isThrownBy(() -> name(BOB))
        .withMessage(
            volume.registryFolder("naming")
                + " must contain id or email; write one of the two into it, or set"
                + " OPEN_TERMINAL_ACCOUNT_NAMES")
        .extracting(AccountException::reason)
        .isEqualTo(Reason.REGISTRY);
    assertThat(name(ALICE)).as("who has an account").isEqualTo("alice");
  }
}
