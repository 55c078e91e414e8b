package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.SessionException.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.future.ConnectFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.SessionHeartbeatController.HeartbeatType;
import org.apache.sshd.core.CoreModuleProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects and logs in to the one sshd, which listens on the loopback address and has a pinned host
 * key.
 */
public final class SshConnector implements AutoCloseable {

  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  /**
   * The SSH window of each channel: the bytes that a program may be ahead of its reader. On
   * loopback, a quarter of MINA's default of 2 MiB is as fast, and a stalled reader takes this much
   * memory.
   */
  private static final long WINDOW = 512 * 1024;

  private static final Duration HEARTBEAT = Duration.ofSeconds(60);

  /**
   * How long a connection that was opened ahead may wait for its login. It is less than the
   * LoginGraceTime in sshd-config/sshd_config.
   */
  private static final Duration AHEAD_LIMIT = Duration.ofSeconds(15);

  /**
   * The pause after the first failed attempt to log in, about as long as a login takes. It doubles
   * with each attempt.
   */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

  /**
   * The user name of a connection that is opened ahead. The login replaces it with the name of the
   * account.
   */
  private static final String NOBODY_YET = "nobody";

  private static final Logger LOG = LoggerFactory.getLogger(SshConnector.class);

  static {
    JdkEd25519.register();
  }

  private final SshSettings settings;
  private final SshClient client;
  private final Deque<Ahead> ahead = new ConcurrentLinkedDeque<>();

  /** A connection that was opened ahead and waits for its login. */
  private record Ahead(ConnectFuture connection, long begun) {}

  /** Says that sshd ended a connection before sshd had identified itself. */
  private static final class Dropped extends Exception {

    private static final long serialVersionUID = 1L;

    private Dropped(IOException cause) {
      super(cause);
    }
  }

  /** Starts the client that all connections share. It opens no connection yet. */
  public SshConnector(SshSettings settings) {
    this.settings = settings;
    this.client = client(pinnedHostKey(settings.hostKey()));
    client.start();
  }

  /** Loads what every connection needs, so that the first one need not wait for it. */
  public static void load() {
    var unused = SshClient.setUpDefaultClient();
  }

  private SshClient client(PublicKey hostKey) {
    SshClient client = SshClient.setUpDefaultClient();
    client.setServerKeyVerifier(
        (session, address, offered) -> KeyUtils.compareKeys(hostKey, offered));
    // The gateway talks to one host only, so it uses nothing of ~/.ssh, no agent and no passwords.
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.setAgentFactory(null);
    client.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
    // The fastest algorithms on loopback: AES-GCM carries 4 times as much as chacha20-poly1305, and
    // curve25519 logs in twice as fast as the post-quantum exchange. The post-quantum exchange
    // protects from eavesdroppers, which loopback does not have.
    client.setKeyExchangeFactories(
        List.of(ClientBuilder.DH2KEX.apply(BuiltinDHFactories.curve25519)));
    client.setCipherFactories(List.of(BuiltinCiphers.aes128gcm));
    client.setCompressionFactories(List.of(BuiltinCompressions.none));
    // Without TCP_NODELAY, every request waits 40 ms for a delayed acknowledgement.
    CoreModuleProperties.TCP_NODELAY.set(client, true);
    // Without this reply, the gateway would wait for a program that cannot be started.
    CoreModuleProperties.REQUEST_EXEC_REPLY.set(client, true);
    CoreModuleProperties.WINDOW_SIZE.set(client, WINDOW);
    CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
    CoreModuleProperties.CHANNEL_OPEN_TIMEOUT.set(client, settings.channelLimit());
    CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT.set(client, settings.channelLimit());
    client.setSessionFactory(PromptSession.factory(client));
    client.setGlobalRequestHandlers(List.of(PromptSession::hostKeysAnnounced));
    client.setSessionHeartbeat(HeartbeatType.IGNORE, HEARTBEAT);
    return client;
  }

  /**
   * Opens a connection ahead, for the next login of any account: its key exchange runs while the
   * account is provisioned. If no login comes, sshd ends the connection, and nothing is lost.
   */
  void connectAhead() {
    try {
      ahead.add(new Ahead(client.connect(NOBODY_YET, address()), System.nanoTime()));
    } catch (IOException failure) {
      LOG.debug("a connection for the next login cannot be opened ahead: {}", failure.toString());
    }
  }

  /**
   * Takes the youngest of the connections that were opened ahead. If even this connection is too
   * old, all of them are forgotten, and sshd ends them.
   */
  private Optional<ClientSession> takeAhead() {
    Ahead taken = ahead.pollLast();
    if (taken == null || System.nanoTime() - taken.begun() > AHEAD_LIMIT.toNanos()) {
      ahead.clear();
      return Optional.empty();
    }
    try {
      return Optional.of(taken.connection().verify(settings.loginLimit()).getSession());
    } catch (IOException failure) {
      return Optional.empty();
    }
  }

  /**
   * Returns an authenticated connection that the caller closes. If the connection ends before sshd
   * has identified itself, this tries again for as long as a login may take: the usual cause is
   * that users' programs take all processes or all memory, and sshd can accept a connection again
   * when some of these programs end.
   *
   * @throws SessionException UNREACHABLE, LOGIN_REFUSED or TIMED_OUT
   */
  ClientSession connect(String login, KeyPair key) {
    Optional<ClientSession> begun = takeAhead().filter(ClientSession::isOpen);
    if (begun.isPresent()) {
      try {
        return authenticated(begun.get(), login, key);
      } catch (Dropped | SessionException failure) {
        // The connection may have ended while it waited, which says nothing about the key.
        LOG.debug("the connection that was opened ahead cannot be used: {}", failure.getMessage());
      }
    }
    long begin = System.nanoTime();
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        return authenticated(open(login), login, key);
      } catch (Dropped failure) {
        if (System.nanoTime() - begin > settings.loginLimit().toNanos()) {
          throw new SessionException(
              Reason.UNREACHABLE,
              "sshd ends each connection before it begins, as if the machine had no process or"
                  + " memory left; try again in a moment: "
                  + where(login),
              failure);
        }
      }
      rest(pause, login);
      pause = pause.multipliedBy(2);
    }
  }

  private static void rest(Duration pause, String login) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new SessionException(
          Reason.UNREACHABLE, "the login of " + login + " was interrupted; try again");
    }
  }

  private ClientSession authenticated(ClientSession session, String login, KeyPair key)
      throws Dropped {
    try {
      session.setUsername(login);
      session.addPublicKeyIdentity(key);
      session.auth().verify(settings.loginLimit());
      return session;
    } catch (IOException failure) {
      session.close(true);
      if (session.getServerVersion() == null) {
        throw new Dropped(failure);
      }
      // A machine under load has said nothing about the key, which need not be made again.
      if (failure.getCause() instanceof TimeoutException) {
        throw new SessionException(
            Reason.TIMED_OUT,
            "the login to "
                + where(login)
                + " did not end within "
                + settings.loginLimit().toSeconds()
                + " s; try again",
            failure);
      }
      throw new SessionException(
          Reason.LOGIN_REFUSED,
          "sshd refuses the gateway's key for " + where(login) + "; an admin must read sshd's log",
          failure);
    }
  }

  private ClientSession open(String login) throws Dropped {
    try {
      return client.connect(login, address()).verify(settings.loginLimit()).getSession();
    } catch (IOException failure) {
      boolean answered =
          !(failure.getCause() instanceof ConnectException
              || failure.getCause() instanceof TimeoutException);
      if (answered) {
        throw new Dropped(failure);
      }
      throw new SessionException(
          Reason.UNREACHABLE, "sshd does not answer: " + where(login), failure);
    } catch (IllegalStateException closed) {
      throw new SessionException(
          Reason.UNREACHABLE, "the gateway stops and opens no further login: " + login, closed);
    }
  }

  private SocketAddress address() throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), settings.port());
  }

  private String where(String login) {
    return "127.0.0.1:" + settings.port() + " as " + login;
  }

  private static PublicKey pinnedHostKey(Path file) {
    try {
      String line = Files.readString(file, StandardCharsets.US_ASCII).strip();
      return AuthorizedKeyEntry.parseAuthorizedKeyEntry(line)
          .resolvePublicKey(null, PublicKeyEntryResolver.FAILING);
    } catch (IOException | GeneralSecurityException failure) {
      throw new SessionException(
          Reason.UNREACHABLE,
          "cannot read sshd's host key in " + file + "; sshd-config/prepare writes it",
          failure);
    }
  }

  @Override
  public void close() {
    client.close(true);
  }
}
