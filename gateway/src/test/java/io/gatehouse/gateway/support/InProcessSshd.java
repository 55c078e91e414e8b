package io.gatehouse.gateway.support;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountKeyPair;
import io.gatehouse.gateway.account.AccountSettings;
import io.gatehouse.gateway.account.Accounts;
import io.gatehouse.gateway.account.Provisioner;
import io.gatehouse.gateway.auth.Role;
import io.gatehouse.gateway.auth.User;
import io.gatehouse.gateway.ssh.SshSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.file.nativefs.NativeFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.channel.ChannelSessionFactory;
import org.apache.sshd.server.command.Command;

/**
 * An SSH server in this JVM, for tests that need no root: it lets accounts log in by their keys,
 * runs programs with the local bash as the user who runs the tests, and serves the local files over
 * SFTP. All of it is in one folder of the test.
 *
 * <p>What depends on OpenSSH itself, on PAM or on several users is tested with a real sshd, in the
 * integration tests.
 */
public final class InProcessSshd implements AutoCloseable {

  /** Long enough for a busy machine; a test that works never waits for it. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final String USER = "inprocess";

  /** A request to the server to run a program: its text, and the variables that came with it. */
  public record Request(
      String login, String text, Map<String, String> variables, boolean terminal) {}

  /** A shell text that runs in place of the texts that a pattern matches. */
  private record Replacement(Pattern text, String script) {}

  private final Path home;
  private final Path runtime;
  private final SshServer server;
  private final LocalSftp sftp = new LocalSftp();
  private final Map<String, PublicKey> authorized = new ConcurrentHashMap<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Replacement> replacements = new CopyOnWriteArrayList<>();
  private final AtomicInteger logins = new AtomicInteger();
  private final AtomicInteger ends = new AtomicInteger();
  private final AtomicInteger provisioned = new AtomicInteger();
  private final AtomicBoolean knowsKeys = new AtomicBoolean(true);
  private final AtomicBoolean refusesChannels = new AtomicBoolean();
  private final AtomicBoolean refusesPrograms = new AtomicBoolean();
  private final AtomicBoolean somebodyIsLoggedIn = new AtomicBoolean();
  private final Accounts accounts;
  private final Account account;

  /**
   * Starts a server that has one account already.
   *
   * @param folder an empty folder of the test
   */
  public InProcessSshd(Path folder) {
    try {
      home = Files.createDirectory(folder.toRealPath().resolve("home of alice"));
      runtime = Files.createDirectory(folder.toRealPath().resolve("runtime"));
      KeyPair hostKey = newKey();
      server = server(hostKey);
      writeRuntime(hostKey);
      server.start();
    } catch (IOException | GeneralSecurityException failure) {
      throw new IllegalStateException("no SSH server for this test", failure);
    }
    Path homes = folder.resolve("homes");
    accounts =
        Accounts.of(
            new AccountSettings(
                homes.resolve(".gatehouse").toAbsolutePath(),
                homes.toAbsolutePath(),
                "",
                AccountSettings.Naming.ID,
                true),
            new KeyAuthorizer());
    account = accounts.open(new User(USER, Optional.empty(), Role.USER));
  }

  private static KeyPair newKey() throws GeneralSecurityException {
    return KeyUtils.generateKeyPair(KeyPairProvider.ECDSA_SHA2_NISTP256, 256);
  }

  private SshServer server(KeyPair hostKey) {
    SshServer made = SshServer.setUpDefaultServer();
    made.setHost("127.0.0.1");
    made.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
    made.setPublickeyAuthenticator(
        (name, offered, session) -> {
          PublicKey expected = authorized.get(name);
          return expected != null
              && (knowsKeys.get() || name.equals("root"))
              && KeyUtils.compareKeys(expected, offered);
        });
    made.setCommandFactory(this::command);
    made.setSubsystemFactories(List.of(sftp));
    made.setFileSystemFactory(NativeFileSystemFactory.INSTANCE);
    made.setChannelFactories(
        List.of(
            new ChannelSessionFactory() {
              @Override
              public Channel createChannel(Session session) {
                return new BoundedChannel();
              }
            }));
    CoreModuleProperties.IDLE_TIMEOUT.set(made, Duration.ZERO);
    made.addSessionListener(new LoginCounter(logins));
    return made;
  }

  private void writeRuntime(KeyPair hostKey) throws IOException, GeneralSecurityException {
    Files.writeString(
        runtime.resolve("ssh_host_ed25519_key.pub"), PublicKeyEntry.toString(hostKey.getPublic()));
    Path scripts = repository().resolve("sshd-config");
    Files.copy(scripts.resolve("command"), runtime.resolve("command"));
    Files.copy(scripts.resolve("waiting"), runtime.resolve("waiting"));
    KeyPair provisionerKey = newKey();
    authorized.put("root", provisionerKey.getPublic());
    try (var out = Files.newOutputStream(runtime.resolve("provisioner_ed25519"))) {
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(
          provisionerKey, "the provisioning key", null, out);
    }
  }

  private static Path repository() {
    Path here = Path.of("").toAbsolutePath();
    // Maven runs tests in the module's folder.
    return Files.isDirectory(here.resolve("sshd-config"))
        ? here
        : Objects.requireNonNull(here.getParent());
  }

  private Command command(ChannelSession channel, String text) throws IOException {
    Map<String, String> variables = Map.copyOf(channel.getEnvironment().getEnv());
    boolean terminal = variables.containsKey("COLUMNS");
    requests.add(new Request(channel.getSession().getUsername(), text, variables, terminal));
    if (refusesPrograms.get()) {
      throw new IOException("no program is started");
    }
    Optional<String> script =
        replacements.stream()
            .filter(each -> each.text().matcher(text).find())
            .map(Replacement::script)
            .findFirst();
    return new LocalProgram(script.orElse(text), script.map(replaced -> text), home, terminal);
  }

  // --- What a test has

  /**
   * The account that is there from the start. Its home is a folder that does not exist, because the
   * registry refuses a home that belongs to the user who runs the tests.
   */
  public Account account() {
    return account;
  }

  /** The same account, at home in {@link #home}. */
  public Account accountAtHome() {
    return new Account(account.name(), account.uid(), home);
  }

  /** The accounts, with a key for each that was opened. */
  public Accounts accounts() {
    return accounts;
  }

  /** The home of the programs of all accounts. */
  public Path home() {
    return home;
  }

  /** The folder of the preludes and keys. */
  public Path runtime() {
    return runtime;
  }

  /** Settings for logins to this server. Only a program that hangs can reach their limits. */
  public SshSettings settings() {
    return settings(LIMIT);
  }

  /**
   * Settings for logins to this server.
   *
   * @param channelLimit the limit for a channel, for tests that reach it
   */
  public SshSettings settings(Duration channelLimit) {
    return new SshSettings(
        server.getPort(),
        runtime,
        "xterm-256color",
        LIMIT,
        channelLimit,
        LIMIT,
        Duration.ofMinutes(5));
  }

  // --- What a test does to it

  /**
   * Runs a script in place of each text in which the pattern is found; the text is its first
   * argument. The newest of several counts.
   */
  public void instead(String pattern, String script) {
    replacements.addFirst(new Replacement(Pattern.compile(pattern, Pattern.DOTALL), script));
  }

  /**
   * Makes the server start no more programs, as if the account had as many processes as it may
   * have.
   */
  public void refusePrograms() {
    refusesPrograms.set(true);
  }

  /** Makes the server open no more channels, as if there were as many as sshd allows. */
  public void refuseChannels() {
    refusesChannels.set(true);
  }

  /** Makes the server refuse the account's key until it is provisioned again. */
  public void forgetKey() {
    authorized.remove(account.name().value());
  }

  /** Makes the server refuse all keys, also new ones. */
  public void forgetKeys() {
    knowsKeys.set(false);
  }

  /** Takes {@link #forgetKeys} back. */
  public void learnKeys() {
    knowsKeys.set(true);
  }

  /** Makes root refuse to end the account's remaining processes, because somebody is logged in. */
  public void somebodyIsLoggedIn(boolean logged) {
    somebodyIsLoggedIn.set(logged);
  }

  /** Breaks all connections, as a restart of sshd does. */
  public void dropConnections() {
    List.copyOf(server.getActiveSessions()).forEach(session -> session.close(true));
  }

  /** The SFTP of this server, which can be made to fail. */
  public LocalSftp sftp() {
    return sftp;
  }

  // --- What it has seen

  /** The programs that were requested, without those that test whether PAM accepts a login. */
  public List<Request> requests() {
    return requests.stream().filter(request -> !request.text().endsWith("; :")).toList();
  }

  /** The number of logins so far. */
  public int logins() {
    return logins.get();
  }

  /** The number of open connections. */
  public int connections() {
    return (int)
        server.getActiveSessions().stream().filter(session -> session.isAuthenticated()).count();
  }

  /** How often accounts were provisioned, including the first time. */
  public int provisioned() {
    return provisioned.get();
  }

  /** How often root was asked to end all processes of an account. */
  public int ends() {
    return ends.get();
  }

  @Override
  public void close() {
    try {
      server.stop(true);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** A channel that is refused when the test says so. */
  private final class BoundedChannel extends ChannelSession {

    @Override
    public OpenFuture open(long recipient, long windowSize, long packetSize, Buffer buffer) {
      if (!refusesChannels.get()) {
        return super.open(recipient, windowSize, packetSize, buffer);
      }
      OpenFuture refused = new DefaultOpenFuture(this, futureLock);
      refused.setException(
          new SshChannelOpenException(
              getChannelId(), SshConstants.SSH_OPEN_RESOURCE_SHORTAGE, "no more sessions"));
      return refused;
    }
  }

  /** Stands in for root-helper. An account consists only of its key. */
  private final class KeyAuthorizer implements Provisioner {

    @Override
    public void provision(Account made, AccountKeyPair key, Role role) {
      provisioned.incrementAndGet();
      authorized.put(made.name().value(), key.keyPair().getPublic());
    }

    @Override
    public void restore(List<Account> restored) {}

    @Override
    public void disable(Account disabled) {
      authorized.remove(disabled.name().value());
    }

    @Override
    public void enable(Account enabled) {}

    @Override
    public void apply(Account applied) {}

    @Override
    public void prepareToEnd() {}

    @Override
    public void end(Account ended) {
      ends.incrementAndGet();
    }

    @Override
    public boolean endIfLeft(Account left) {
      if (somebodyIsLoggedIn.get()) {
        return false;
      }
      ends.incrementAndGet();
      return true;
    }
  }
}
