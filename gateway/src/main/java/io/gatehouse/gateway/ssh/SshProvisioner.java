package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountException;
import io.gatehouse.gateway.account.AccountKeyPair;
import io.gatehouse.gateway.account.Boundary;
import io.gatehouse.gateway.account.Provisioner;
import io.gatehouse.gateway.auth.Role;
import io.gatehouse.gateway.session.SessionException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.loader.openssh.OpenSSHKeyPairResourceParser;
import org.jspecify.annotations.Nullable;

/**
 * Asks the one program that root runs for the gateway, {@code sshd-config/root-helper}.
 *
 * <p>The table at the top of that program says which requests there are. The program checks each
 * word again. One channel to it is kept open for all requests.
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

  private final ReentrantLock opening = new ReentrantLock();

  // Guarded by opening. The helper ends with the connection.
  private @Nullable RootHelper helper;

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
    request("end " + nameAndUid(account), "");
  }

  @Override
  public boolean endIfLeft(Account account) {
    String request = "end " + nameAndUid(account) + " if-left";
    ProvisioningAnswer answer = ask(request, "");
    if (answer.is(Boundary.STATUS_LOGGED_IN)) {
      return false;
    }
    answer.requireDone(request);
    return true;
  }

  @Override
  public void prepareToEnd() {
    var unused = helper("end");
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
    long start = System.nanoTime();
    ProvisioningAnswer answer = helper(request).ask(request, input, settings.provisioningLimit());
    if (answer.status().isPresent()) {
      return answer;
    }
    // A helper that has ended is noticed by asking it, and each request may be repeated. Both times
    // together stay within the limit, because others wait for this answer.
    RootHelper another = helper(request);
    Duration spent = Duration.ofNanos(System.nanoTime() - start);
    return another.ask(request, input, settings.provisioningLimit().minus(spent));
  }

  /** One that is open already answers without a new login, which a fork bomb would delay. */
  private RootHelper helper(String request) {
    opening.lock();
    try {
      RootHelper known = helper;
      if (known != null && known.isOpen()) {
        return known;
      }
      RootHelper made = RootHelper.open(connected(), settings);
      helper = made;
      return made;
    } catch (IOException | SessionException failure) {
      throw new AccountException(
          AccountException.Reason.UNAVAILABLE,
          "root's helper cannot be started, so it cannot be asked for: " + request,
          failure);
    } finally {
      opening.unlock();
    }
  }

  /**
   * Returns the one connection in which helpers run. It is kept open because a login takes longer
   * than a request.
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
