package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountException;
import io.gatehouse.gateway.account.AccountKeyPair;
import io.gatehouse.gateway.account.Provisioner;
import io.gatehouse.gateway.session.SessionException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.loader.openssh.OpenSSHKeyPairResourceParser;
import org.jspecify.annotations.Nullable;

/**
 * Asks the one command that root runs for the gateway: {@code sshd-config/provision}.
 *
 * <p>Which requests there are, and what is checked again on the other side, stands there.
 */
public final class SshProvisioner implements Provisioner {

  private static final String ROOT = "root";

  /** Exit statuses of {@code provision}. */
  private static final int DONE = 0;

  private static final int REFUSED = 65;

  /** Bytes of its reason that are kept; it writes one sentence. */
  private static final int LONGEST_REASON = 4096;

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
  public void provision(Account account, AccountKeyPair key) {
    connector.connectAhead();
    String request = "provision " + account.name().value() + " " + account.uid();
    request(request, key.openSshPrivateKey() + key.openSshPublicKey().strip() + "\n");
  }

  @Override
  public void restore(List<Account> accounts) {
    String lines =
        accounts.stream()
            .map(account -> account.name().value() + " " + account.uid() + "\n")
            .collect(Collectors.joining());
    request("restore", lines);
  }

  private void request(String request, String input) {
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
      check(request, channel.getExitStatus(), reason.toString());
    } catch (IOException | SessionException failure) {
      throw new AccountException(
          AccountException.Reason.UNAVAILABLE, "cannot ask for: " + request, failure);
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

  private static void check(String request, Integer status, String reason) {
    if (status == null || (status != DONE && status != REFUSED)) {
      throw new AccountException(
          AccountException.Reason.UNAVAILABLE, request + " failed (" + status + "): " + reason);
    }
    if (status == REFUSED) {
      throw new AccountException(AccountException.Reason.CONFLICT, reason);
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

  /** Keeps the beginning of a text and forgets the rest. */
  private static final class BoundedText extends OutputStream {

    // Guarded by this: written by the connection's thread.
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int value) {
      if (text.size() < LONGEST_REASON) {
        text.write(value);
      }
    }

    @Override
    public synchronized String toString() {
      return text.toString(StandardCharsets.UTF_8).strip();
    }
  }
}
