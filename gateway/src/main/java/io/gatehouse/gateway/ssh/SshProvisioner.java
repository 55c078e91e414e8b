package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountException;
import io.gatehouse.gateway.account.AccountKeyPair;
import io.gatehouse.gateway.account.Provisioner;
import io.gatehouse.gateway.auth.Role;
import io.gatehouse.gateway.session.SessionException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.loader.openssh.OpenSSHKeyPairResourceParser;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the one command that root runs for the gateway: {@code sshd-config/provision}.
 *
 * <p>Which requests there are, and what is checked again on the other side, stands there.
 */
public final class SshProvisioner implements Provisioner {

  private static final Logger LOG = LoggerFactory.getLogger(SshProvisioner.class);

  private static final String ROOT = "root";

  /** Exit statuses of {@code provision}. */
  private static final int DONE = 0;

  private static final int REFUSED = 65;

  private static final int FULL = 73;

  private static final int LOGGED_IN = 75;

  private final SshSettings settings;
  private final SshConnector connector;
  private final ReentrantLock connecting = new ReentrantLock();

  // Guarded by connecting; null until the first request. It ends with the connector.
  private @Nullable ClientSession connection;

  public SshProvisioner(SshSettings settings, SshConnector connector) {
    this.settings = settings;
    this.connector = connector;
  }

  @Override
  public void provision(Account account, AccountKeyPair key, Role role) {
    connector.connectAhead();
    request(
        "provision " + nameAndUid(account) + " " + role.name().toLowerCase(Locale.ROOT),
        key.openSshPrivateKey() + key.openSshPublicKey().strip() + "\n");
  }

  @Override
  public void end(Account account) {
    request("end " + nameAndUid(account), "");
  }

  @Override
  public boolean endIfLeft(Account account) {
    String request = "end-if-left " + nameAndUid(account);
    Answer answer = ask(request, "");
    if (answer.is(LOGGED_IN)) {
      return false;
    }
    answer.requireDone(request);
    return true;
  }

  private static String nameAndUid(Account account) {
    return account.name().value() + " " + account.uid();
  }

  @Override
  public void restore(List<Account> accounts) {
    String lines =
        accounts.stream().map(account -> nameAndUid(account) + "\n").collect(Collectors.joining());
    request("restore", lines);
  }

  private void request(String request, String input) {
    ask(request, input).requireDone(request);
  }

  private Answer ask(String request, String input) {
    try (ChannelExec channel = connected().createExecChannel(request)) {
      BoundedText reason = new BoundedText();
      channel.setOut(OutputStream.nullOutputStream());
      channel.setErr(reason);
      channel.open().verify(settings.channelLimit());
      try (OutputStream stdin = channel.getInvertedIn()) {
        stdin.write(input.getBytes(StandardCharsets.US_ASCII));
      }
      Set<ClientChannelEvent> events =
          channel.waitFor(
              EnumSet.of(ClientChannelEvent.CLOSED), settings.provisioningLimit().toMillis());
      if (events.contains(ClientChannelEvent.TIMEOUT)) {
        throw new AccountException(
            AccountException.Reason.UNAVAILABLE, "provisioning takes too long: " + request);
      }
      return new Answer(Optional.ofNullable(channel.getExitStatus()), reason.text().strip());
    } catch (IOException | SessionException failure) {
      throw new AccountException(
          AccountException.Reason.UNAVAILABLE, "cannot ask for: " + request, failure);
    }
  }

  /** What the command ended with; no status if the connection did. */
  private record Answer(Optional<Integer> status, String reason) {

    boolean is(int expected) {
      return status.equals(Optional.of(expected));
    }

    void requireDone(String request) {
      if (is(REFUSED)) {
        throw new AccountException(AccountException.Reason.CONFLICT, reason);
      }
      if (is(FULL)) {
        throw new AccountException(AccountException.Reason.NO_SPACE, reason);
      }
      if (!is(DONE)) {
        throw new AccountException(
            AccountException.Reason.UNAVAILABLE,
            request
                + " failed ("
                + status.map(String::valueOf).orElse("no status")
                + "): "
                + reason);
      }
      if (!reason.isEmpty()) {
        LOG.warn("{}: {}", request, reason);
      }
    }
  }

  /** One connection for all requests: a login takes longer than provisioning. */
  private ClientSession connected() throws IOException {
    connecting.lock();
    try {
      ClientSession known = connection;
      if (known != null && known.isOpen()) {
        return known;
      }
      ClientSession made = connector.connect(ROOT, provisionerKey());
      connection = made;
      return made;
    } finally {
      connecting.unlock();
    }
  }

  private KeyPair provisionerKey() throws IOException {
    // Read each time: prepare makes a new one with every start of sshd.
    try {
      return OpenSSHKeyPairResourceParser.INSTANCE
          .loadKeyPairs(
              null,
              NamedResource.ofName("the provisioning key"),
              null,
              Files.readAllLines(settings.provisionerKey(), StandardCharsets.US_ASCII))
          .iterator()
          .next();
    } catch (GeneralSecurityException failure) {
      throw new IOException("cannot use the provisioning key", failure);
    }
  }
}
