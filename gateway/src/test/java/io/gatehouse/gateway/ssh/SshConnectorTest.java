package io.gatehouse.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.support.SilentPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins to a server that drops connections, as a machine without a free process does. */
class SshConnectorTest {

  private static final Duration LIMIT = Duration.ofSeconds(2);

  private final AtomicInteger toDrop = new AtomicInteger();
  private final AtomicInteger dropped = new AtomicInteger();

  @TempDir private Path runtime;
  private KeyPair key;
  private SshServer server;
  private ServerSocket front;
  private SshConnector connector;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    key = KeyUtils.generateKeyPair(KeyPairProvider.ECDSA_SHA2_NISTP256, 256);
    server = SshServer.setUpDefaultServer();
    server.setHost("127.0.0.1");
    server.setKeyPairProvider(KeyPairProvider.wrap(key));
    server.setPublickeyAuthenticator(
        (name, offered, session) -> KeyUtils.compareKeys(key.getPublic(), offered));
    server.start();
    front = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
    Files.writeString(
        runtime.resolve("ssh_host_ed25519_key.pub"), PublicKeyEntry.toString(key.getPublic()));
    connector = new SshConnector(settings(front.getLocalPort()));
  }

  private SshSettings settings(int port) {
    return new SshSettings(port, runtime, "xterm", LIMIT, LIMIT, LIMIT, Duration.ofMinutes(1));
  }

  @AfterEach
  void stop() throws IOException {
    connector.close();
    front.close();
    server.stop(true);
  }

  @Test
  void triesAgainWhereSshdDropsTheConnection() {
    toDrop.set(3);
    try (ClientSession session = connector.connect("alice", key)) {
      assertThat(session.isAuthenticated()).isTrue();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    assertThat(dropped).hasValue(3);
  }

  @Test
  void triesAgainForThoseThatWereBegunAhead() {
    toDrop.set(2);
    connector.connectAhead();
    try (ClientSession session = connector.connect("alice", key)) {
      assertThat(session.isAuthenticated()).isTrue();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Test
  void saysWhatIsWrongIfSshdDropsAllConnections() {
    toDrop.set(Integer.MAX_VALUE);
    assertThatThrownBy(() -> connector.connect("alice", key))
        .isInstanceOfSatisfying(
            SessionException.class,
            failure -> assertThat(failure.reason()).isEqualTo(SessionException.Reason.UNREACHABLE))
        .hasMessageContaining("ends each connection before it begins");
    assertThat(dropped).hasValueBetween(3, 50);
  }

  @Test
  void saysAtOnceThatNobodyListens() throws IOException {
    try (SilentPort nobody = new SilentPort();
        SshConnector toNobody = new SshConnector(settings(nobody.number()))) {
      assertThatThrownBy(() -> toNobody.connect("alice", key))
          .isInstanceOf(SessionException.class)
          .hasMessageContaining("sshd does not answer");
    }
  }

  @Test
  void asksOnceWithAKeyThatIsRefused() throws GeneralSecurityException {
    KeyPair another = KeyUtils.generateKeyPair(KeyPairProvider.ECDSA_SHA2_NISTP256, 256);
    assertThatThrownBy(() -> connector.connect("alice", another))
        .isInstanceOfSatisfying(
            SessionException.class,
            failure ->
                assertThat(failure.reason()).isEqualTo(SessionException.Reason.LOGIN_REFUSED));
  }

  /** Drops as many connections as are to be dropped, and passes on the others. */
  private void accept() {
    try {
      while (!front.isClosed()) {
        Socket taken = front.accept();
        if (toDrop.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
          dropped.incrementAndGet();
          taken.close();
        } else {
          Socket behind = new Socket(InetAddress.getLoopbackAddress(), server.getPort());
          Thread.ofVirtual().start(() -> pass(taken, behind));
          Thread.ofVirtual().start(() -> pass(behind, taken));
        }
      }
    } catch (IOException closed) {
      // The test has ended.
    }
  }

  private static void pass(Socket from, Socket to) {
    try (from;
        to;
        InputStream in = from.getInputStream()) {
      in.transferTo(to.getOutputStream());
    } catch (IOException ended) {
      // So has the other direction.
    }
  }
}
