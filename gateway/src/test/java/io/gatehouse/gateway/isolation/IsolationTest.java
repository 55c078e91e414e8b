package io.gatehouse.gateway.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountBounds;
import io.gatehouse.gateway.account.Boundary.RuntimeFile;
import io.gatehouse.gateway.isolation.IsolationException.Reason;
import io.gatehouse.gateway.support.InProcessLogins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests how the gateway interprets the output of the probe. The probe of this test is a script. */
@Timeout(120)
class IsolationTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final String TARGET =
      "echo pid=1 name=gatehouse-probe-1-2 home=/home/target tmpdir=/tmp port=1 udp=2; exec sleep"
          + " 1000";

  private static final String TRY =
      "echo \"$*\" >\"$HOME/tried\"; echo homes yes neither listed nor read;"
          + " echo loopback no reached: sshd; echo something else";

  private InProcessLogins logins;
  private Account alice;
  private Path inForce;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    logins = new InProcessLogins(folder);
    alice = logins.sshd().account();
    inForce = logins.sshd().runtime().resolve("in-force");
    probe(TARGET, TRY);
  }

  @AfterEach
  void stop() {
    logins.close();
  }

  /** Writes the probe; each word of it runs a script. */
  private void probe(String target, String attempt) throws IOException {
    probe(target, attempt, "touch \"$HOME/tidied\"");
  }

  private void probe(String target, String attempt, String tidy) throws IOException {
    Path file = logins.sshd().runtime().resolve("probe");
    Files.writeString(
        file,
        """
        #!/bin/bash
        case $1 in
          target) %s ;;
          try) %s ;;
          tidy) %s ;;
        esac
        """
            .formatted(target, attempt, tidy));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Isolation isolation(Measure... required) throws IOException {
    return new Isolation(
        logins.sshd().accounts(),
        AccountBounds.of(logins.sshd().runtime()),
        logins,
        new IsolationSettings(logins.sshd().settings().probe(), 2022, inForce, Set.of(required)));
  }

  private static void assertRefused(ThrowingCallable call, Reason reason, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            IsolationException.class, failure -> assertThat(failure.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }

  @Test
  void tellsWhatTheProbeHasFoundOfEachMeasure() throws IOException {
    try (Isolation isolation = isolation()) {
      List<Finding> findings = isolation.tryFrom(alice);
      assertThat(findings).extracting(Finding::measure).containsExactly(Measure.values());
      assertThat(findings)
          .contains(
              new Finding(Measure.HOMES, true, "neither listed nor read"),
              new Finding(Measure.LOOPBACK, false, "reached: sshd"),
              new Finding(Measure.MEMORY, false, "not tried"));
    }
    assertThat(Files.readString(logins.sshd().home().resolve("tried")))
        .startsWith("try pid=1 name=gatehouse-probe-1-2 home=/home/target tmpdir=/tmp port=1 udp=2")
        .containsPattern("sshd=2022 gateway=[0-9]+");
    assertThat(logins.sshd().home().resolve("tidied")).exists();
  }

  @Test
  void servesNobodyWithoutARequiredMeasure() throws IOException {
    try (Isolation isolation = isolation(Measure.HOMES, Measure.LOOPBACK)) {
      assertRefused(
          isolation::begin,
          Reason.NOT_IN_FORCE,
          "these measures are required, but not in force: loopback (reached: sshd)");
      assertThat(isolation.atStart()).isEmpty();
    }
    assertThat(inForce).doesNotExist();
  }

  @Test
  void tellsLoginsWhichMeasuresAreInForce() throws IOException {
    try (Isolation isolation = isolation(Measure.HOMES)) {
      isolation.begin();
      assertThat(isolation.atStart().orElseThrow()).hasSize(Measure.values().length);
    }
    assertThat(inForce).hasContent("homes");
  }

  @Test
  void findsOutMeanwhileWhereNothingIsRequired() throws IOException {
    try (Isolation isolation = isolation()) {
      isolation.begin();
      await().atMost(LIMIT).until(() -> isolation.atStart().isPresent());
    }
    assertThat(inForce).hasContent("homes");
  }

  @Test
  void waitsForTheProbeWhereSomethingIsRequiredOfSome() throws IOException {
    Path runtime = logins.sshd().runtime();
    Files.writeString(RuntimeFile.BOUNDS.in(runtime), alice.name() + " require homes,memory\n");
    Path accounts = Files.createDirectories(RuntimeFile.ACCOUNT_BOUNDS.in(runtime));
    Files.writeString(accounts.resolve(alice.name().value()), "require='homes,memory'\n");
    try (Isolation isolation = isolation(Measure.EGRESS)) {
      assertThat(isolation.isRequired(alice, Measure.EGRESS)).isTrue();
      assertThat(isolation.isRequired(alice, Measure.MEMORY)).isTrue();
      assertThat(isolation.isRequired(alice, Measure.CPU)).isFalse();
    }
    try (Isolation isolation = isolation()) {
      isolation.begin();
      await().atMost(LIMIT).until(() -> isolation.atStart().isPresent());
    }
  }

  @Test
  void stopsWhileTheProbeFails() throws IOException {
    probe(TARGET, "touch \"$HOME/failed\"; exit 1");
    try (Isolation isolation = isolation()) {
      isolation.begin();
      await().atMost(LIMIT).until(() -> Files.exists(logins.sshd().home().resolve("failed")));
      assertThat(isolation.atStart()).isEmpty();
    }
  }

  @Test
  void tidiesToTheEndWhenItStops() throws IOException {
    probe(TARGET, TRY, "touch \"$HOME/tidying\"; sleep 1; touch \"$HOME/tidied\"");
    try (Isolation isolation = isolation()) {
      isolation.begin();
      await().atMost(LIMIT).until(() -> Files.exists(logins.sshd().home().resolve("tidying")));
    }
    assertThat(logins.sshd().home().resolve("tidied")).exists();
  }

  @Test
  void saysThatTheProbeDidNotRun() throws IOException {
    try (Isolation isolation = isolation()) {
      probe(TARGET, "exit 1");
      assertRefused(() -> isolation.tryFrom(alice), Reason.FAILED, "failed or took too long");
      // The target's output becomes arguments of a command in another user's login.
      probe("echo 'pid=1 name=x home=/ tmpdir=/ port=1; touch hacked'", TRY);
      assertRefused(() -> isolation.tryFrom(alice), Reason.FAILED, "did not introduce itself");
      probe("yes | tr -d '\\n'", TRY);
      assertRefused(() -> isolation.tryFrom(alice), Reason.FAILED, "did not introduce itself");
    }
    assertThat(logins.sshd().home().resolve("hacked")).doesNotExist();
  }

  @Test
  void letsAUserTryOnceAtATime() throws Exception {
    probe(TARGET, "touch \"$HOME/trying\"; until [[ -e $HOME/go ]]; do sleep 0.05; done; " + TRY);
    try (Isolation isolation = isolation()) {
      CompletableFuture<List<Finding>> first =
          CompletableFuture.supplyAsync(() -> isolation.tryFrom(alice), Thread::startVirtualThread);
      await().atMost(LIMIT).until(() -> Files.exists(logins.sshd().home().resolve("trying")));
      assertRefused(() -> isolation.tryFrom(alice), Reason.BUSY, "the most at a time");
      Files.createFile(logins.sshd().home().resolve("go"));
      assertThat(first.get(60, TimeUnit.SECONDS)).hasSize(Measure.values().length);
    }
  }

  @Test
  void callsAMeasureByOneWord() {
    assertThat(Measure.find("no-new-privileges")).contains(Measure.NO_NEW_PRIVILEGES);
    assertThat(Measure.find("HOMES")).isEmpty();
    assertThat(Measure.WORDS).startsWith("homes, shared-folders").endsWith("egress");
  }
}
