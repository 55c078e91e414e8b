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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests how the gateway treats accounts that are disabled or removed. */
@Timeout(60)
final class StandingTest {

  @TempDir Path homes;

  private final FakeProvisioner provisioner = new FakeProvisioner();
  private Volume volume;

  @BeforeEach
  void makeVolume() {
    volume = new Volume(homes);
    provisioner.standings = volume;
  }

  private Accounts accounts() {
    return new Accounts(volume.settings(Naming.ID, true), new FakeSystem(), provisioner);
  }

  private static void assertRefused(Accounts accounts, User user, String sentence) {
    assertThatExceptionOfType(AccountException.class)
        .isThrownBy(() -> accounts.open(user))
        .withMessage(sentence)
        .satisfies(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.DISABLED));
    assertThatExceptionOfType(AccountException.class)
        .isThrownBy(() -> accounts.requireEnabled(user));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "disabled 20000 admin 1790000000|Your account here, aliceid, is disabled. An administrator"
            + " of Gatehouse can enable it: gatehouse users enable aliceid",
        "disabled 20000 open-webui 1790000000|Your account here, aliceid, is disabled, because your"
            + " user in Open WebUI is pending or deleted. It is enabled again when an administrator"
            + " of Open WebUI activates your user",
        "removed 20000 admin 1790000000|Your account here, aliceid, was removed. An administrator"
            + " of Gatehouse can give it to you again: gatehouse users enable aliceid",
        "nonsense|Your account here, aliceid, is disabled. An administrator of Gatehouse can enable"
            + " it: gatehouse users enable aliceid",
      })
  void refusesItsUserAndSaysWhoCanChangeThat(String line, String sentence) throws IOException {
    Accounts accounts = accounts();
    var unused = accounts.open(user("alice-id"));
    volume.standing("aliceid", line);
    assertThat(accounts.readStandings()).hasSize(1);

    assertRefused(accounts, user("alice-id"), sentence);
    unused = accounts.open(user("bob-id"));
    // This is also so after a start.
    assertRefused(accounts(), user("alice-id"), sentence);
    assertThat(provisioner.provisioned).hasSize(2);
  }

  @Test
  void whatCannotBeReadDisablesOneAccountAndNoOther() throws IOException {
    Accounts accounts = accounts();
    var unused = accounts.open(user("alice-id"));
    unused = accounts.open(user("bob-id"));
    volume.standing("bobid", "disabled 20001 admin 1");
    Files.createDirectory(volume.standingFile("aliceid"));
    Files.writeString(volume.standingFile(".new-carol"), "disabled 20002 admin 1");
    assertThat(accounts.readStandings().keySet())
        .containsExactlyInAnyOrder(new AccountName("aliceid"), new AccountName("bobid"));
    assertThat(accounts.isDisabled("alice-id")).isTrue();
    assertThat(accounts.isDisabled("bob-id")).isTrue();
  }

  @Test
  void explainsARefusalThatCameBeforeTheNextLook() {
    Accounts accounts = accounts();
    provisioner.course =
        account -> {
          volume.standing("aliceid", "disabled 20000 admin 1");
          throw new AccountException(Reason.DISABLED, "the account aliceid is disabled");
        };
    assertRefused(
        accounts,
        user("alice-id"),
        "Your account here, aliceid, is disabled. An administrator of Gatehouse can enable it:"
            + " gatehouse users enable aliceid");
  }

  @Test
  void noOtherUserGetsTheUidOrTheNameOfARemovedAccount() throws IOException {
    Accounts accounts = accounts();
    Account alice = accounts.open(user("alice-id"));
    volume.standing("aliceid", "removed " + alice.uid() + " admin 1");
    var unused = accounts.readStandings();
    for (int i = 0; i < 20; i++) {
      Account other = accounts.open(user("aliceid" + (i == 0 ? "" : "-" + i)));
      assertThat(other.uid()).isNotEqualTo(alice.uid());
      assertThat(other.name()).isNotEqualTo(alice.name());
    }
    // The user gets the same account again.
    Files.delete(volume.standingFile("aliceid"));
    unused = accounts.readStandings();
    assertThat(accounts.open(user("alice-id"))).isEqualTo(alice);
  }

  @Test
  void followsTheTokensOfOpenWebUi() {
    Accounts accounts = accounts();
    var unused = accounts.open(user("alice-id", "alice@example.org"));
    provisioner.asked.clear();
    accounts.roles().active("alice-id");
    accounts.roles().active("nobody");
    accounts.disable("nobody");
    assertThat(provisioner.asked).isEmpty();

    accounts.disable("alice-id");
    accounts.disable("alice-id");
    assertThat(provisioner.asked).containsExactly("disable aliceid");
    assertThat(accounts.isDisabled("alice-id")).isTrue();
    accounts.roles().active("alice-id");
    assertThat(provisioner.asked).containsExactly("disable aliceid", "enable aliceid");
    // The account is provisioned again, because its key was deleted.
    assertThat(accounts.open(user("alice-id", "alice@example.org")).name().value())
        .isEqualTo("aliceid");
    assertThat(provisioner.provisioned).hasSize(2);
  }

  @Test
  void hasDoneHereWhatWasWrittenElsewhere() throws Exception {
    Accounts accounts = accounts();
    var unused = accounts.open(user("alice-id"));
    volume.standing("aliceid", "disabled 20000 admin 1");
    try (StandingWatch watch = new StandingWatch(accounts)) {
      assertThat(watch).isNotNull();
      volume.standing("bobid", "disabled 20009 admin 1");
      Files.delete(volume.standingFile("aliceid"));
      while (provisioner.asked.isEmpty()) {
        Thread.sleep(20);
      }
      assertThat(provisioner.asked).containsExactly("apply aliceid");
      unused = accounts.open(user("alice-id"));
      volume.standing("aliceid", "removed 20000 admin 2");
      while (provisioner.asked.size() < 2) {
        Thread.sleep(20);
      }
    }
    assertThat(provisioner.asked).containsExactly("apply aliceid", "apply aliceid");
    assertThat(accounts.isDisabled("alice-id")).isTrue();
  }

  @Test
  void withoutIsolationNobodyIsRefusedForAnother() {
    Accounts accounts =
        new Accounts(volume.settings(Naming.ID, false), new FakeSystem(), provisioner);
    var unused = accounts.open(user("alice-id"));
    accounts.roles().pending("alice-id");
    accounts.disable("alice-id");
    accounts.requireEnabled(user("alice-id"));
    assertThat(provisioner.asked).isEmpty();
  }
}
