package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountException;
import io.gatehouse.gateway.account.AccountKeyPair;
import io.gatehouse.gateway.account.Boundary;
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

/**
 * Asks the one command that root runs for the gateway: {@code sshd-config/provision}, and through
 * it {@code sshd-config/end-processes}.
 *
 * <p>That program says which requests there are, and checks them again on its side.
 */
public final class SshProvisioner implements Provisioner {

  /** The role of accounts that belong to the gateway itself. */
  private static final String RESERVED = "reserved";

  private static final String ROOT = "root";

  private final SshSettings settings;
  private final SshConnector connector;
  private final ReentrantLock connecting = new ReentrantLock();

  // Guarded by connecting; null until the first request. The connection ends when the connector is
  // closed.
  private @Nullable ClientSession connection;

  private final ReentrantLock preparing = new ReentrantLock();

  // Guarded by preparing. The program ends with the connection.
  private @Nullable ProcessEnder ender;

  public SshProvisioner(SshSettings settings, SshConnector connector) {
    this.settings = settings;
    this.connector = connector;
  }

  @Override
  public void provision(Account account, AccountKeyPair key, Role role) {
    connector.connectAhead();
    request(
        "provision "
            + nameAndUid(account)
            + " "
            + (account.reserved() ? RESERVED : role.name().toLowerCase(Locale.ROOT)),
        key.openSshPrivateKey() + key.openSshPublicKey().strip() + "\n");
  }

  @Override
  public void disable(Account account) {
    request("disable " + nameAndUid(account), "");
  }

  @Override
  public void enable(Account account) {
    request("enable " + nameAndUid(account), "");
  }

  @Override
  public void apply(Account account) {
    request("apply " + nameAndUid(account), "");
  }

  @Override
  public void end(Account account) {
    String request = nameAndUid(account);
    askToEnd(request).requireDone("end " + request);
  }

  @Override
  public boolean endIfLeft(Account account) {
    String request = nameAndUid(account) + " if-left";
    ProvisioningAnswer answer = askToEnd(request);
    if (answer.is(Boundary.STATUS_LOGGED_IN)) {
      return false;
    }
    answer.requireDone("end " + request);
    return true;
  }

  @Override
  public void prepareToEnd() {
    var unused = ender();
  }

  private ProvisioningAnswer askToEnd(String request) {
    ProvisioningAnswer answer = ender().ask(request);
    // An answer without a status means that the program has ended. A new one is then started and
    // asked.
    return answer.status().isPresent() ? answer : ender().ask(request);
  }

  /**
   * Returns the program that ends processes. If it runs already, it answers without a new process,
   * which a fork bomb would delay.
   */
  private ProcessEnder ender() {
    preparing.lock();
    try {
      ProcessEnder known = ender;
      if (known != null && known.isOpen()) {
        return known;
      }
      ProcessEnder made = ProcessEnder.open(connected(), settings);
      ender = made;
      return made;
    } catch (IOException | SessionException failure) {
      throw new AccountException(
          AccountException.Reason.UNAVAILABLE, "cannot ask root to end processes", failure);
    } finally {
      preparing.unlock();
    }
  }

  private static String nameAndUid(Account account) {
    return account.name().value() + " " + account.uid();
  }

  @Override
  public void restore(List<Account> accounts) {
    String lines =
        accounts.stream()
            .map(account -> nameAndUid(account) + (account.reserved() ? " " + RESERVED : "") + "\n")
            .collect(Collectors.joining());
    request("restore", lines);
  }

  private void request(String request, String input) {
    ask(request, input).requireDone(request);
  }

  private ProvisioningAnswer ask(String request, String input) {
    try (ChannelExec channel = connected().createExecChannel(request)) {
      BoundedText reason = new BoundedText();
      channel.setOut(OutputStream.nullOutputStream());
      channel.setErr(reason);
      ExecChannels.open(channel, settings.channelLimit());
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
      return new ProvisioningAnswer(
          Optional.ofNullable(channel.getExitStatus()), reason.text().strip());
    } catch (IOException | SessionException failure) {
      throw new AccountException(
          AccountException.Reason.UNAVAILABLE, "cannot ask for: " + request, failure);
    }
  }

  /**
   * Returns the one connection for all requests. It is kept open because a login takes longer than
   * provisioning.
   */
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
    // The key is read each time, because prepare makes a new one with every start of sshd.
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
