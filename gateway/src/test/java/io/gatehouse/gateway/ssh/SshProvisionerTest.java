package io.gatehouse.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the requests to root, which scripts of the test answer. */
@Timeout(120)
class SshProvisionerTest {

  /** Answers each line as end-processes does, with what the file {@code answer} says. */
  private static final String ENDER =
      "while read -r id request; do echo \"$request\" >>asked; echo \"$id $(cat answer)\"; done";

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

  @Test
  void sendsTheKeyOfTheAccountThatIsToBeMade() {
    sshd.instead("^provision ", "printf '%s\\n' \"$1\" >request; cat >key");
    provisioner.provision(alice, key, Role.ADMIN);
    assertThat(sshd.home().resolve("request"))
        .hasContent("provision " + alice.name() + " " + alice.uid() + " admin");
    assertThat(sshd.home().resolve("key"))
        .content()
        .startsWith("-----BEGIN OPENSSH PRIVATE KEY-----\n")
        .endsWith("-----END OPENSSH PRIVATE KEY-----\n" + key.openSshPublicKey());
    Account reserved = new Account(new AccountName("probe"), 20_007, alice.home(), true);
    provisioner.provision(reserved, key, Role.USER);
    assertThat(sshd.home().resolve("request")).hasContent("provision probe 20007 reserved");
  }

  @Test
  void asksForEachChangeOfAnAccountOverOneConnection() {
    sshd.instead("^[a-z]+ ?", "printf '%s\\n' \"$1\" >>requests; cat >>input");
    provisioner.disable(alice);
    provisioner.enable(alice);
    provisioner.apply(alice);
    provisioner.restore(
        List.of(alice, new Account(new AccountName("probe"), 20_007, alice.home(), true)));
    String who = alice.name() + " " + alice.uid();
    assertThat(sshd.home().resolve("requests"))
        .hasContent("disable " + who + "\nenable " + who + "\napply " + who + "\nrestore");
    assertThat(sshd.home().resolve("input")).hasContent(who + "\nprobe 20007 reserved");
    assertThat(sshd.logins()).isEqualTo(1);
  }

  @Test
  void saysWhatRootRefuses() {
    sshd.instead("^disable ", "echo 'the uid is taken' >&2; exit 65");
    assertRefused(() -> provisioner.disable(alice), Reason.CONFLICT, "the uid is taken");
    sshd.instead("^disable ", "echo 'the disk is full' >&2; exit 73");
    assertRefused(() -> provisioner.disable(alice), Reason.NO_SPACE, "the disk is full");
    sshd.instead("^disable ", "echo 'an admin says so' >&2; exit 77");
    assertRefused(() -> provisioner.disable(alice), Reason.DISABLED, "an admin says so");
    sshd.instead("^disable ", "echo 'something else' >&2; exit 70");
    assertRefused(
        () -> provisioner.disable(alice), Reason.UNAVAILABLE, "failed (70): something else");
    sshd.instead("^disable ", "echo 'only a warning' >&2");
    provisioner.disable(alice);
  }

  @Test
  void connectsAgainAfterSshdWasStartedAnew() {
    sshd.instead("^enable ", "cat >>input");
    provisioner.enable(alice);
    sshd.dropConnections();
    // The first one may meet the connection that has ended.
    assertThatThrownBy(
            () -> {
              provisioner.enable(alice);
              throw new IllegalStateException("done");
            })
        .isInstanceOfAny(AccountException.class, IllegalStateException.class);
    provisioner.enable(alice);
    assertThat(sshd.logins()).isEqualTo(2);
  }

  @Test
  void asksOneProgramToEndTheProcessesOfAll() throws IOException {
    sshd.instead("^end$", ENDER);
    answer("0 ");
    provisioner.prepareToEnd();
    provisioner.end(alice);
    assertThat(provisioner.endIfLeft(alice)).isTrue();
    answer("75 somebody is logged in");
    assertThat(provisioner.endIfLeft(alice)).isFalse();
    String who = alice.name() + " " + alice.uid();
    assertThat(asked()).containsExactly(who, who + " if-left", who + " if-left");
    assertThat(sshd.requests()).hasSize(1);
  }

  @Test
  void saysThatProcessesCouldNotBeEnded() throws IOException {
    sshd.instead("^end$", ENDER);
    answer("70 some are left");
    assertRefused(() -> provisioner.end(alice), Reason.UNAVAILABLE, "some are left");
  }

  @Test
  void startsTheProgramAgainThatHasEnded() throws IOException {
    answer("0 ");
    sshd.instead("^end$", "read -r id request; echo nonsense; echo complaint >&2; echo \"$id 0 \"");
    provisioner.end(alice);
    sshd.instead("^end$", ENDER);
    provisioner.end(alice);
    assertThat(asked()).containsExactly(alice.name() + " " + alice.uid());
  }

  @Test
  void givesUpOnAProgramThatEndsAtOnce() {
    sshd.instead("^end$", "exit 1");
    assertRefused(() -> provisioner.end(alice), Reason.UNAVAILABLE, "no status");
  }

  @Test
  void doesNotWaitForEverForAnAnswer() {
    SshSettings settings = sshd.settings();
    SshSettings impatient =
        new SshSettings(
            settings.port(),
            settings.runtimeDirectory(),
            settings.terminalType(),
            settings.loginLimit(),
            settings.channelLimit(),
            Duration.ofMillis(300),
            settings.idleEnd());
    SshProvisioner waiting = new SshProvisioner(impatient, connector);
    sshd.instead("^(end$|enable )", "exec sleep 1000");
    assertRefused(() -> waiting.end(alice), Reason.UNAVAILABLE, "takes too long");
    assertRefused(() -> waiting.enable(alice), Reason.UNAVAILABLE, "takes too long");
  }

  @Test
  void saysThatRootCannotBeAsked() throws IOException {
    Files.writeString(sshd.runtime().resolve("provisioner_ed25519"), "no key\n");
    assertThatThrownBy(() -> provisioner.enable(alice)).isInstanceOf(RuntimeException.class);
    Files.delete(sshd.runtime().resolve("provisioner_ed25519"));
    assertRefused(() -> provisioner.enable(alice), Reason.UNAVAILABLE, "cannot ask for: enable");
    assertRefused(provisioner::prepareToEnd, Reason.UNAVAILABLE, "cannot ask root");
  }
}
