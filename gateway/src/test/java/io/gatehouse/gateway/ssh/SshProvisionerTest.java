package io.gatehouse.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountException;
import io.gatehouse.gateway.account.AccountException.Reason;
import io.gatehouse.gateway.account.AccountKeyPair;
import io.gatehouse.gateway.account.AccountName;
import io.gatehouse.gateway.auth.Role;
import io.gatehouse.gateway.support.InProcessSshd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the requests to root, which scripts of the test answer. */
@Timeout(120)
class SshProvisionerTest {

  /** Answers each request as root-helper does, with what the file {@code answer} says. */
  private static final String HELPER =
      "while read -r id length request; do echo \"$request\" >>asked; head -c \"$length\" >>input;"
          + " answer=$(cat answer); text=${answer#* };"
          + " printf '%s %s %s\\n%s' \"$id\" \"${answer%% *}\" \"${#text}\" \"$text\"; done";

  /** The text by which the gateway starts the helper. */
  private static final String START = "^root-helper$";

  private InProcessSshd sshd;
  private SshConnector connector;
  private SshProvisioner provisioner;
  private Account alice;
  private AccountKeyPair key;

  @BeforeEach
  void start(@TempDir Path folder) {
    sshd = new InProcessSshd(folder);
    connector = new SshConnector(sshd.settings());
    provisioner = new SshProvisioner(sshd.settings(), connector);
    alice = sshd.account();
    key = sshd.accounts().keyOf(alice);
  }

  @AfterEach
  void stop() {
    connector.close();
    sshd.close();
  }

  private static void assertRefused(ThrowingCallable call, Reason reason, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            AccountException.class, failure -> assertThat(failure.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }

  private void answer(String text) throws IOException {
    Files.writeString(sshd.home().resolve("answer"), text + "\n");
  }

  private List<String> asked() throws IOException {
    return Files.readAllLines(sshd.home().resolve("asked"));
  }

  private String who() {
    return alice.name() + " " + alice.uid();
  }

  private void answerAll(String text) throws IOException {
    sshd.instead(START, HELPER);
    answer(text);
  }

  @Test
  void sendsTheKeyOfTheAccountThatIsToBeMade() throws IOException {
    answerAll("0 ");
    provisioner.provision(alice, key, Role.ADMIN);
    assertThat(asked()).containsExactly("provision " + who() + " admin");
    assertThat(sshd.home().resolve("input"))
        .content()
        .startsWith("-----BEGIN OPENSSH PRIVATE KEY-----\n")
        .endsWith("-----END OPENSSH PRIVATE KEY-----\n" + key.openSshPublicKey().strip() + "\n");
    Account reserved = new Account(new AccountName("probe"), 20_007, alice.home(), true);
    provisioner.provision(reserved, key, Role.USER);
    assertThat(asked()).endsWith("provision probe 20007 reserved");
  }

  @Test
  void asksForEachChangeOfAnAccountOverOneChannel() throws IOException {
    answerAll("0 ");
    provisioner.disable(alice);
    provisioner.enable(alice);
    provisioner.apply(alice);
    provisioner.restore(
        List.of(alice, new Account(new AccountName("probe"), 20_007, alice.home(), true)));
    assertThat(asked())
        .containsExactly("disable " + who(), "enable " + who(), "apply " + who(), "restore");
    assertThat(sshd.home().resolve("input")).hasContent(who() + "\nprobe 20007 reserved");
    assertThat(sshd.logins()).isEqualTo(1);
    assertThat(sshd.requests()).hasSize(1);
  }

  @Test
  void saysWhatRootRefuses() throws IOException {
    answerAll("65 the uid is taken");
    assertRefused(() -> provisioner.disable(alice), Reason.CONFLICT, "the uid is taken");
    answer("73 the disk is full");
    assertRefused(() -> provisioner.disable(alice), Reason.NO_SPACE, "the disk is full");
    answer("77 an admin says so");
    assertRefused(() -> provisioner.disable(alice), Reason.DISABLED, "an admin says so");
    answer("70 something else");
    assertRefused(
        () -> provisioner.disable(alice), Reason.UNAVAILABLE, "failed (70): something else");
    answer("0 only a warning");
    provisioner.disable(alice);
  }

  @Test
  void connectsAgainAfterSshdWasStartedAnew() throws IOException {
    answerAll("0 ");
    provisioner.enable(alice);
    sshd.dropConnections();
    provisioner.enable(alice);
    assertThat(sshd.logins()).isEqualTo(2);
  }

  @Test
  void asksTheSameHelperToEndProcesses() throws IOException {
    answerAll("0 ");
    provisioner.prepareToEnd();
    provisioner.end(alice);
    assertThat(provisioner.endIfLeft(alice)).isTrue();
    answer("75 somebody is logged in");
    assertThat(provisioner.endIfLeft(alice)).isFalse();
    String end = "end " + who();
    assertThat(asked()).containsExactly(end, end + " if-left", end + " if-left");
    assertThat(sshd.requests()).hasSize(1);
  }

  @Test
  void saysThatProcessesCouldNotBeEnded() throws IOException {
    answerAll("70 some are left");
    assertRefused(() -> provisioner.end(alice), Reason.UNAVAILABLE, "some are left");
  }

  @Test
  void oneSlowRequestHoldsUpNoOther() throws IOException {
    sshd.instead(
        START,
        "read -r slow length request; echo \"$request\" >>asked;"
            + " while read -r id length request; do printf '%s 0 0\\n' \"$id\"; done;"
            + " printf '%s 0 0\\n' \"$slow\"");
    CompletableFuture<Void> slow = CompletableFuture.runAsync(() -> provisioner.disable(alice));
    await().until(() -> Files.exists(sshd.home().resolve("asked")));
    provisioner.enable(alice);
    provisioner.end(alice);
    assertThat(slow).isNotDone();
    assertThat(sshd.requests()).hasSize(1);
  }

  @Test
  void startsTheHelperAgainThatHasEnded() throws IOException {
    answer("0 ");
    sshd.instead(
        START, "read -r id length request; echo complaint >&2; printf '%s 0 0\\n' \"$id\"");
    provisioner.end(alice);
    sshd.instead(START, HELPER);
    provisioner.end(alice);
    assertThat(asked()).containsExactly("end " + who());
  }

  @Test
  void asksAnotherHelperIfOneAnswersNonsense() throws IOException {
    sshd.instead(START, "read -r id length request; echo nonsense; sleep 1");
    assertRefused(() -> provisioner.enable(alice), Reason.UNAVAILABLE, "no status");
    answerAll("0 ");
    provisioner.enable(alice);
    assertThat(asked()).containsExactly("enable " + who());
  }

  @Test
  void givesUpOnAHelperThatEndsAtOnce() {
    sshd.instead(START, "exit 1");
    assertRefused(() -> provisioner.end(alice), Reason.UNAVAILABLE, "no status");
  }

  @Test
  void waitsNoLongerForTwoHelpersThanForOne() throws IOException {
    SshProvisioner waiting = withLimit(Duration.ofSeconds(2));
    sshd.instead(START, "read -r id length request; sleep 1.5; exit 1");
    assertRefused(() -> waiting.end(alice), Reason.UNAVAILABLE, "takes too long");
    assertThat(sshd.requests()).hasSize(2);
  }

  private SshProvisioner withLimit(Duration limit) {
    SshSettings settings = sshd.settings();
    SshSettings impatient =
        new SshSettings(
            settings.port(),
            settings.runtimeDirectory(),
            settings.terminalType(),
            settings.loginLimit(),
            settings.channelLimit(),
            limit,
            settings.idleEnd());
    return new SshProvisioner(impatient, connector);
  }

  @Test
  void doesNotWaitForEverForAnAnswer() throws IOException {
    SshProvisioner waiting = withLimit(Duration.ofMillis(300));
    sshd.instead(START, "exec sleep 1000");
    assertRefused(() -> waiting.end(alice), Reason.UNAVAILABLE, "takes too long");
    assertRefused(() -> waiting.enable(alice), Reason.UNAVAILABLE, "takes too long");
    // Each of them has begun a helper, because the one before may have hung.
    assertThat(sshd.requests()).hasSize(2);
  }

  @Test
  void saysThatRootCannotBeAsked() throws IOException {
    Files.writeString(sshd.runtime().resolve("provisioner_ed25519"), "no key\n");
    assertThatThrownBy(() -> provisioner.enable(alice)).isInstanceOf(RuntimeException.class);
    Files.delete(sshd.runtime().resolve("provisioner_ed25519"));
    assertRefused(() -> provisioner.enable(alice), Reason.UNAVAILABLE, "asked for: enable");
    assertRefused(provisioner::prepareToEnd, Reason.UNAVAILABLE, "cannot be started");
  }
}
