package io.gatehouse.bench.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.core.CoreModuleProperties;

/**
 * Runs commands on one exec channel with a terminal, without a gateway, which is the least that a
 * command over SSH can cost.
 */
public final class BareChannels implements Contestant, AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final int port;
  private final Function<String, Path> homes;
  private final SshClient client = SshClient.setUpDefaultClient();
  private final ConcurrentMap<String, ClientSession> sessions = new ConcurrentHashMap<>();

  /**
   * @param port of sshd's listener for the gateway
   * @param homes from a user to the home of the account that the gateway made
   */
  public BareChannels(int port, Function<String, Path> homes) {
    this.port = port;
    this.homes = homes;
    // The settings are the gateway's own, so that the difference is only the gateway's work.
    client.setKeyExchangeFactories(
        List.of(ClientBuilder.DH2KEX.apply(BuiltinDHFactories.curve25519)));
    client.setCipherFactories(List.of(BuiltinCiphers.aes128gcm));
    client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
    CoreModuleProperties.TCP_NODELAY.set(client, true);
    client.start();
  }

  @Override
  public void run(String user, String command) {
    ClientSession session = sessions.computeIfAbsent(user, this::login);
    try (ChannelExec channel = session.createExecChannel(command)) {
      channel.setUsePty(true);
      channel.setOut(OutputStream.nullOutputStream());
      channel.setRedirectErrorStream(true);
      channel.open().verify(LIMIT);
      Set<ClientChannelEvent> events =
          channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LIMIT);
      if (events.contains(ClientChannelEvent.TIMEOUT) || channel.getExitStatus() != 0) {
        throw new IllegalStateException("a bare command did not end well: " + events);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /**
   * Reads a command's whole output with OpenSSH's own client, which is as fast as a client can be,
   * and returns the time in nanoseconds.
   */
  public long read(String user, String command, long expected) {
    Path home = homes.apply(user);
    ProcessBuilder ssh =
        new ProcessBuilder(
            "ssh",
            "-p" + port,
            "-i" + home.resolve(".ssh/gateway_ed25519"),
            "-caes128-gcm@openssh.com",
            "-oBatchMode=yes",
            "-oStrictHostKeyChecking=no",
            "-oUserKnownHostsFile=/dev/null",
            "-oLogLevel=ERROR",
            home.getFileName() + "@127.0.0.1",
            "echo; " + command);
    try {
      Process process = ssh.start();
      try (InputStream output = process.getInputStream()) {
        // The first byte shows that the login is complete.
        output.skipNBytes(1);
        long begin = System.nanoTime();
        long count = output.transferTo(OutputStream.nullOutputStream());
        if (count != expected) {
          throw new IllegalStateException("a bare command printed " + count + " bytes");
        }
        return System.nanoTime() - begin;
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private ClientSession login(String user) {
    Path home = homes.apply(user);
    String account = Objects.requireNonNull(home.getFileName()).toString();
    try {
      ClientSession session =
          client
              .connect(account, new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
              .verify(LIMIT)
              .getSession();
      session.addPublicKeyIdentity(key(home.resolve(".ssh/gateway_ed25519")));
      session.auth().verify(LIMIT);
      return session;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static KeyPair key(Path file) {
    return new FileKeyPairProvider(file).loadKeys(null).iterator().next();
  }

  @Override
  public void close() {
    client.close(true);
  }
}
