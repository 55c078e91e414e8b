package io.gatehouse.gateway.account;

import static io.gatehouse.gateway.account.Volume.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.account.AccountNames.Candidate;
import io.gatehouse.gateway.account.AccountSettings.Naming;
import io.gatehouse.gateway.auth.User;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AccountNamesTest {

  private static final String LONGEST_PREFIX = "abcdefghijklmnop";

  /** The results of sanitize_username of Open Terminal 0.14.5. */
  @ParameterizedTest
  @CsvSource({
    "'',3f2a9b1c-77aa-4d21-9e1b-0c5d2e6f7a8b,u3f2a9b1c",
    "'',ab12cd34-0000-4000-8000-000000000000,ab12cd34",
    "'',Alice,alice",
    "'',ALICE-SMITH-42,alicesmi",
    "'',abc,ba7816bf",
    "'',abcd,abcd",
    "'',a-b-c-d,abcd",
    "'',----,bd64bb8e",
    "'',../../etc/passwd,etcpassw",
    "'',1234,u1234",
    "'',o'neil;rm,oneilrm",
    "'',-rf,u686c39ac",
    "'',a,ca978112",
    "'',12,u6b51d431",
    "'',$(id),d7d54e79",
    "'',%2e%2e%2f,u2e2e2f",
    "owui-,3f2a9b1c-77aa-4d21-9e1b-0c5d2e6f7a8b,owui-3f2a9b1c",
    "owui-,abc,owui-ba7816bf",
    "owui-,root,owui-root",
    "owui-,12,owui-6b51d431",
    "_,1234,_1234",
    "_,-rf,_686c39ac",
  })
  void namesTheHomeThatOpenTerminalMade(String prefix, String id, String name) {
    assertThat(candidates(prefix, Naming.ID, user(id)).getFirst())
        .isEqualTo(new Candidate(new AccountName(name), true));
  }

  @Test
  void tellsTwoIdsApartByMoreAndMoreOfTheirHash() {
    String hash = UserKey.of("Alice");

    assertThat(names("", Naming.ID, user("Alice")))
        .containsExactly(
            "alice",
            "alice-" + hash.substring(0, 4),
            "alice-" + hash.substring(0, 8),
            "alice-" + hash.substring(0, 16),
            "alice-" + hash.substring(0, 26));
  }

  @Test
  void staysWithin32CharactersWithTheLongestPrefix() {
    String hash = UserKey.of("Alice-Smith");

    assertThat(names(LONGEST_PREFIX, Naming.ID, user("Alice-Smith")))
        .containsExactly(
            LONGEST_PREFIX + "alicesmi",
            LONGEST_PREFIX + "alicesmi-" + hash.substring(0, 4),
            LONGEST_PREFIX + "alicesmi-" + hash.substring(0, 7));
    assertThat(names(LONGEST_PREFIX, Naming.EMAIL, user("x", "a".repeat(300) + "@example.org")))
        .hasSize(53)
        .allMatch(name -> name.length() <= Boundary.LONGEST_ACCOUNT_NAME);
  }

  @ParameterizedTest
  @ValueSource(strings = {"root", "user", "GATEWAY", "sshd", "NoBody"})
  void neverProposesANameOfTheSystem(String id) {
    assertThat(names("", Naming.ID, user(id)))
        .first()
        .asString()
        .isEqualTo(id.toLowerCase(Locale.ROOT) + "-" + UserKey.of(id).substring(0, 4));
  }

  @ParameterizedTest
  @CsvSource({
    "alice@example.org,alice",
    "Alice.Smith@example.org,alice-smith",
    "alice+owui@example.org,alice-owui",
    "jürgen@example.org,jurgen",
    "007@example.org,u007",
    "..alice..@example.org,alice",
    "../../etc/passwd@example.org,etc-passwd",
    "root@example.org,root-2",
    "alice,alice",
    "a@b@c,a",
  })
  void readsANameFromTheMailAddress(String mail, String name) {
    assertThat(candidates("", Naming.EMAIL, user("some-id", mail)).getFirst())
        .isEqualTo(new Candidate(new AccountName(name), false));
  }

  @ParameterizedTest
  @CsvSource({"'',gatehouse-caller", "ghit,gatehouse-target", "x-,gatehouse-caller"})
  void neverProposesTheGatewaysOwnAccounts(String prefix, String localPart) {
    assertThat(names(prefix, Naming.EMAIL, user("some-id", localPart + "@example.org")))
        .first()
        .isEqualTo(prefix + localPart + "-2");
  }

  @Test
  void numbersEqualMailNamesAndThenFallsBackToTheId() {
    List<String> names = names("", Naming.EMAIL, user("some-id", "alice@example.org"));

    assertThat(names).startsWith("alice", "alice-2", "alice-3").contains("alice-50", "someid");
    assertThat(names).hasSizeLessThan(60);
  }

  @ParameterizedTest
  @CsvSource({"@example.org", "''", "---@example.org", "李@example.org"})
  void fallsBackToTheIdWhereTheMailAddressHasNothingUsable(String mail) {
    assertThat(names("", Naming.EMAIL, user("some-id", mail))).first().isEqualTo("someid");
  }

  @Test
  void fallsBackToTheIdWithoutMailAddress() {
    assertThat(names("", Naming.EMAIL, user("some-id"))).first().isEqualTo("someid");
  }

  private static List<Candidate> candidates(String prefix, Naming naming, User user) {
    return new AccountNames(prefix).candidates(user, naming).toList();
  }

  private static List<String> names(String prefix, Naming naming, User user) {
    return candidates(prefix, naming, user).stream().map(each -> each.name().value()).toList();
  }
}
