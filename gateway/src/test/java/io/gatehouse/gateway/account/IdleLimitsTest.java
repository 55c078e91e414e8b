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

final class IdleLimitsTest {

  private static final AccountName ALICE = new AccountName("alice");
  private static final AccountName BOB = new AccountName("bob");

  @TempDir Path directory;

  @BeforeEach
  void aliceIsInAGroup() throws IOException {
    Files.write(
        directory.resolve("group"),
        List.of("gatehouse:x:500:alice,bob", "gatehouse-heavy:x:501:carol,alice", "broken"));
  }

  private IdleLimits limits(String... lines) throws IOException {
    Files.write(directory.resolve("idle"), List.of(lines));
    return IdleLimits.read(directory.resolve("idle"), directory.resolve("group"));
  }

  @Test
  void hasNoLimitWhereNothingIsWritten() {
    IdleLimits none =
        IdleLimits.read(directory.resolve("none"), directory.resolve("no groups either"));
    assertThat(none.of(ALICE)).isEmpty();
  }

  @Test
  void takesTheLastLineForEverybody() throws IOException {
    IdleLimits limits = limits("@gatehouse unlimited", "@gatehouse 60");
    assertThat(limits.of(ALICE)).contains(Duration.ofMinutes(1));
  }

  @Test
  void prefersAnAccountsLineToOneOfItsGroupsToEverybodys() throws IOException {
    IdleLimits limits = limits("bob 5", "@gatehouse-heavy 7", "@gatehouse 60");
    assertThat(limits.of(BOB)).contains(Duration.ofSeconds(5));
    assertThat(limits.of(ALICE)).contains(Duration.ofSeconds(7));
    assertThat(limits.of(new AccountName("dave"))).contains(Duration.ofSeconds(60));
  }

  @Test
  void frees() throws IOException {
    IdleLimits limits = limits("@gatehouse 60", "@gatehouse-heavy unlimited");
    assertThat(limits.of(ALICE)).isEmpty();
    assertThat(limits.of(BOB)).contains(Duration.ofSeconds(60));
  }

  @Test
  void learnsOfNewMembers() throws IOException {
    IdleLimits limits = limits("@gatehouse-heavy 7");
    assertThat(limits.of(BOB)).isEmpty();
    Files.write(directory.resolve("group"), List.of("gatehouse-heavy:x:501:bob"));
    assertThat(limits.of(BOB)).contains(Duration.ofSeconds(7));
  }
}
