package io.gatehouse.gateway.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests how the gateway reads the bounds of an account. {@code
 * sshd-config/test/resolve-bounds.bats} tests which line of limits.conf wins.
 */
final class AccountBoundsTest {

  private static final AccountName ALICE = new AccountName("alice");
  private static final AccountName BOB = new AccountName("bob");

  @TempDir Path runtime;

  private AccountBounds bounds(String... lines) throws IOException {
    Files.write(runtime.resolve("bounds"), List.of(lines));
    return AccountBounds.of(runtime);
  }

  private void resolved(AccountName account, String... lines) throws IOException {
    Path folder = Files.createDirectories(runtime.resolve("accounts"));
    Files.write(folder.resolve(account.value()), List.of(lines));
  }

  @Test
  void hasNoLimitWhereNothingIsWritten() {
    AccountBounds none = AccountBounds.of(runtime.resolve("none"));
    assertThat(none.idle(ALICE)).isEmpty();
    assertThat(none.required(ALICE)).isEmpty();
    assertThat(none.requiresSomething()).isFalse();
  }

  @Test
  void takesTheLimitOfTheAccount() throws IOException {
    AccountBounds bounds = bounds();
    resolved(ALICE, "cpuweight='100'", "idle='60'", "require=''");
    resolved(BOB, "idle='unlimited'");
    assertThat(bounds.idle(ALICE)).contains(Duration.ofMinutes(1));
    assertThat(bounds.idle(BOB)).isEmpty();
  }

  @Test
  void learnsOfANewRole() throws IOException {
    AccountBounds bounds = bounds();
    resolved(ALICE, "idle='60'");
    assertThat(bounds.idle(ALICE)).contains(Duration.ofMinutes(1));
    resolved(ALICE, "idle='7'");
    assertThat(bounds.idle(ALICE)).contains(Duration.ofSeconds(7));
  }

  @Test
  void requiresMeasuresOfSome() throws IOException {
    AccountBounds bounds = bounds("* memory 1", "@gatehouse-heavy require memory,cpu");
    resolved(ALICE, "require='memory,cpu'");
    resolved(BOB, "require='none'");
    assertThat(bounds.required(ALICE)).containsExactlyInAnyOrder("memory", "cpu");
    assertThat(bounds.required(BOB)).isEmpty();
    assertThat(bounds.requiresSomething()).isTrue();
  }

  @Test
  void requiresNothingWhereNobodyAsksForIt() throws IOException {
    AccountBounds bounds = bounds("* idle 60", "alice require none");
    resolved(ALICE, "require='none'");
    resolved(BOB, "require=''");
    assertThat(bounds.required(ALICE)).isEmpty();
    assertThat(bounds.required(BOB)).isEmpty();
    assertThat(bounds.requiresSomething()).isFalse();
  }
}
