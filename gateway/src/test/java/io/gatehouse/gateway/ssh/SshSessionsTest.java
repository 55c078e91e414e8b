package io.gatehouse.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountName;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.Session;
import io.gatehouse.gateway.support.InProcessLogins;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the logins of all accounts. */
@Timeout(120)
class SshSessionsTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Test
  void givesEachAccountALoginOfItsOwn(@TempDir Path folder) {
    try (InProcessLogins logins = new InProcessLogins(folder)) {
      Account alice = logins.sshd().account();
      Account bob = new Account(new AccountName("bob"), alice.uid() + 1, folder.resolve("bob"));
      Session login = logins.of(alice);
      assertThat(logins.of(alice)).isSameAs(login);
      assertThat(logins.of(bob)).isNotSameAs(login);
    }
  }

  @Test
  void endsAllLoginsAtItsEnd(@TempDir Path folder) {
    try (InProcessLogins logins = new InProcessLogins(folder)) {
      Pipe pipe = logins.of(logins.sshd().account()).pipe("exec sleep 1000", LIMIT);
      assertThat(logins.sshd().connections()).isEqualTo(1);
      logins.closeSessions();
      assertThat(pipe.exit().code()).isNotZero();
      await().atMost(LIMIT).until(() -> logins.sshd().connections() == 0);
    }
  }
}
