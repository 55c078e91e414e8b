package io.gatehouse.gateway.account;

import static io.gatehouse.gateway.account.Volume.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.account.AccountSettings.Naming;
import io.gatehouse.gateway.auth.UserList.Listed;
import io.gatehouse.gateway.auth.UserListException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UserListPollTest {

  @TempDir Path homes;

  private final FakeProvisioner provisioner = new FakeProvisioner();
  private final Map<String, Listed> listed = new HashMap<>();
  private Volume volume;
  private Accounts accounts;
  private UserListPoll poll;
  private boolean odd;

  @BeforeEach
  void start() {
    volume = new Volume(homes);
    accounts = new Accounts(volume.settings(Naming.ID, true), new FakeSystem(), provisioner);
    provisioner.standings = volume;
    poll =
        new UserListPoll(
            () -> {
              if (odd) {
                throw new UserListException("odd");
              }
              return Map.copyOf(listed);
            },
            accounts);
    listed.put("an-admin", Listed.ACTIVE);
    for (int i = 0; i < 10; i++) {
      var unused = accounts.open(user("user" + i, "user" + i + "@example.org"));
      listed.put("user" + i, Listed.ACTIVE);
    }
  }

  @Test
  void disablesWhoIsPendingAtOnceAndEnablesAgain() {
    listed.put("user1", Listed.PENDING);
    poll.round();
    assertThat(provisioner.asked).containsExactly("disable user1");
    poll.round();
    listed.put("user1", Listed.ACTIVE);
    poll.round();
    poll.round();
    assertThat(provisioner.asked).containsExactly("disable user1", "enable user1");
  }

  @Test
  void disablesWhoIsGoneFromTwoListsOneAfterTheOther() {
    listed.remove("user1");
    poll.round();
    assertThat(provisioner.asked).isEmpty();
    odd = true;
    poll.round();
    odd = false;
    poll.round();
    assertThat(provisioner.asked).isEmpty();
    poll.round();
    assertThat(provisioner.asked).containsExactly("disable user1");
    listed.put("user1", Listed.ACTIVE);
    poll.round();
    assertThat(provisioner.asked).containsExactly("disable user1", "enable user1");
  }

  @Test
  void anOddListChangesNothing() {
    odd = true;
    poll.round();
    poll.round();
    odd = false;
    for (int i = 0; i < 6; i++) {
      listed.remove("user" + i);
    }
    listed.put("user9", Listed.PENDING);
    poll.round();
    poll.round();
    poll.round();
    assertThat(provisioner.asked).as("more than half are missing").isEmpty();
    listed.put("user0", Listed.ACTIVE);
    poll.round();
    poll.round();
    assertThat(provisioner.asked)
        .containsExactlyInAnyOrder(
            "disable user9",
            "disable user1",
            "disable user2",
            "disable user3",
            "disable user4",
            "disable user5");
  }

  @Test
  void aRoleOfWhichNothingIsKnownSaysNothing() {
    listed.put("user1", Listed.OTHER);
    poll.round();
    poll.round();
    assertThat(provisioner.asked).isEmpty();
  }

  @Test
  void whomOpenWebUiNeverHadIsNotMissing() {
    // The holder of the API key named this user, without a mail address.
    var unused = accounts.open(user("a-script"));
    poll.round();
    poll.round();
    assertThat(provisioner.asked).isEmpty();
    // This user was in one list and is missing in the next.
    listed.put("a-script", Listed.ACTIVE);
    poll.round();
    listed.remove("a-script");
    poll.round();
    poll.round();
    assertThat(provisioner.asked).containsExactly("disable ascript");
  }

  @Test
  void whatAnAdminSaidStays() throws IOException {
    volume.standing("user1", "disabled 20001 admin 1");
    volume.standing("user2", "removed 20002 admin 1");
    var unused = accounts.readStandings();
    listed.put("user1", Listed.PENDING);
    poll.round();
    listed.put("user1", Listed.ACTIVE);
    poll.round();
    poll.round();
    assertThat(provisioner.asked).isEmpty();
  }

  @Test
  void aFailureOfOneKeepsNobodyElse() {
    provisioner.course =
        account -> {
          if (account.name().value().equals("user1")) {
            throw new AccountException(AccountException.Reason.UNAVAILABLE, "no sshd");
          }
        };
    listed.put("user1", Listed.PENDING);
    listed.put("user2", Listed.PENDING);
    poll.round();
    assertThat(provisioner.asked).contains("disable user1", "disable user2");
    provisioner.course = account -> {};
    poll.round();
    assertThat(provisioner.asked).containsOnlyOnce("disable user2").endsWith("disable user1");
  }
}
