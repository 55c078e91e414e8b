package io.gatehouse.gateway.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AccountBoundsTest {

  private static final AccountName ALICE = new AccountName("alice");
  private static final AccountName BOB = new AccountName("bob");

  @TempDir Path directory;

  @BeforeEach
  void aliceIsInAGroup() throws IOException {
    Files.write(
        directory.resolve("group"),
        List.of("gatehouse:x:500:alice,bob", "gatehouse-heavy:x:501:carol,alice", "broken"));
  }

  private AccountBounds bounds(String... lines) throws IOException {
    Files.write(directory.resolve("bounds"), List.of(lines));
    return AccountBounds.read(directory.resolve("bounds"), directory.resolve("group"));
  }

  @Test
  void hasNoLimitWhereNothingIsWritten() {
    AccountBounds none =
        AccountBounds.read(directory.resolve("none"), directory.resolve("no groups either"));
    assertThat(none.idle(ALICE)).isEmpty();
  }

  @Test
  void takesTheLastLineForEverybody() throws IOException {
    AccountBounds bounds = bounds("* idle unlimited", "* idle 60");
    assertThat(bounds.idle(ALICE)).contains(Duration.ofMinutes(1));
  }

  @Test
  void prefersAnAccountsLineToOneOfItsGroupsToEverybodys() throws IOException {
    AccountBounds bounds = bounds("bob idle 5", "@gatehouse-heavy idle 7", "* idle 60");
    assertThat(bounds.idle(BOB)).contains(Duration.ofSeconds(5));
    assertThat(bounds.idle(ALICE)).contains(Duration.ofSeconds(7));
    assertThat(bounds.idle(new AccountName("dave"))).contains(Duration.ofSeconds(60));
  }

  @Test
  void frees() throws IOException {
    AccountBounds bounds = bounds("* idle 60", "@gatehouse-heavy idle unlimited");
    assertThat(bounds.idle(ALICE)).isEmpty();
    assertThat(bounds.idle(BOB)).contains(Duration.ofSeconds(60));
  }

  @Test
  void learnsOfNewMembers() throws IOException {
    AccountBounds bounds = bounds("@gatehouse-heavy idle 7");
    assertThat(bounds.idle(BOB)).isEmpty();
    Files.write(directory.resolve("group"), List.of("gatehouse-heavy:x:501:bob"));
    assertThat(bounds.idle(BOB)).contains(Duration.ofSeconds(7));
  }

  @Test
  void requiresMeasuresOfSome() throws IOException {
    AccountBounds bounds =
        bounds(
            "* require limits",
            "* memory 1",
            "@gatehouse-heavy require memory,cpu",
            "bob require none");
    assertThat(bounds.required(ALICE)).containsExactlyInAnyOrder("memory", "cpu");
    assertThat(bounds.required(BOB)).isEmpty();
    assertThat(bounds.required(new AccountName("dave"))).containsExactly("limits");
    assertThat(bounds.requiresSomething()).isTrue();
  }

  @Test
  void requiresNothingWhereNothingIsWritten() throws IOException {
    AccountBounds bounds = bounds("* idle 60", "alice require none");
    assertThat(bounds.required(ALICE)).isEmpty();
    assertThat(bounds.required(BOB)).isEmpty();
    assertThat(bounds.requiresSomething()).isFalse();
  }
}
