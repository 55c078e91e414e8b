package io.gatehouse.gateway.http.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gatehouse.gateway.account.Accounts;
import io.gatehouse.gateway.auth.Caller;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.schedule.RepeatedTask;
import io.gatehouse.gateway.session.MemoryBudget;
import io.gatehouse.gateway.session.Quota;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves MCP to {@code gatehouse mcp} in users' logins, on a unix socket.
 *
 * <p>The kernel says whose process is at the other end (SO_PEERCRED): it noted the uid when the
 * process connected, and no process can change that. No message that comes over the socket can say
 * who the caller is. The socket lies in a folder of the gateway's, in one of root's, so that no
 * user can put another in its place; it has a path, so that it can be reached from each account's
 * own network, and not from another container on the same network.
 */
public final class LoginSocket implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LoginSocket.class);

  /** Connections of one account. A client needs one. */
  static final int MOST_OF_ACCOUNT = 16;

  /** Connections of all accounts. Each costs a thread and two small buffers, about 20 KB. */
  private static final int MOST = 1024;

  /** Connections that the kernel keeps until they are accepted. Further connections wait. */
  private static final int BACKLOG = 256;

  /**
   * How long a client may take nothing of an answer. As over HTTP, this is longer than the longest
   * wait of a call.
   */
  private static final Duration STALL_LIMIT = Duration.ofSeconds(330);

  private static final Duration STALL_CHECK = Duration.ofSeconds(30);

  /** The pause after a connection could not be accepted, as when there are too many open files. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Path path;
  private final Accounts accounts;
  private final McpMethods methods;
  private final MemoryBudget memory;
  private final long largestMessage;
  private final RequestGate gate;
  private final Quota quota = new Quota(MOST_OF_ACCOUNT, MOST);
  private final Set<LoginConnection> connections = ConcurrentHashMap.newKeySet();
  private final RepeatedTask stalls = new RepeatedTask("mcp stalls");
  private volatile Optional<ServerSocketChannel> listener = Optional.empty();

  /**
   * @param path of the socket
   * @param largestMessage bytes of a message
   * @param gate lets each message through
   */
  public LoginSocket(
      Path path,
      Accounts accounts,
      McpMethods methods,
      MemoryBudget memory,
      long largestMessage,
      RequestGate gate) {
    this.path = path;
    this.accounts = accounts;
    this.methods = methods;
    this.memory = memory;
    this.largestMessage = largestMessage;
    this.gate = gate;
  }

  /** Opens the socket if its folder is there. Without it, everything else works. */
  public void start() {
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      LOG.debug("no folder for the socket of gatehouse mcp: {}", folder);
      return;
    }
    try {
      ServerSocketChannel opened = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      listener = Optional.of(opened);
      Files.deleteIfExists(path);
      opened.bind(UnixDomainSocketAddress.of(path), BACKLOG);
      // Every account may connect, for which it needs the right to write to the socket.
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
      Thread.ofVirtual().name("mcp of logins").start(() -> accept(opened));
      stalls.begin(STALL_CHECK, STALL_CHECK, this::endStalled);
    } catch (IOException failure) {
      LOG.warn("`gatehouse mcp` does not work in logins: {}: {}", path, failure.toString());
    }
  }

  private void accept(ServerSocketChannel opened) {
    while (opened.isOpen()) {
      try {
        admit(opened.accept());
      } catch (IOException | RuntimeException failure) {
        // One connection that fails must not end this loop for all others.
        if (opened.isOpen()) {
          LOG.warn("a connection of `gatehouse mcp` cannot be accepted: {}", failure.toString());
          pause();
        }
      }
    }
  }

  /** Serves a new connection on a thread of its own, or refuses it. */
  private void admit(SocketChannel channel) throws IOException {
    String account;
    try {
      account = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
    } catch (IOException | RuntimeException unknown) {
      channel.close();
      throw unknown;
    }
    Optional<String> limit = quota.take(account, "connections of `gatehouse mcp`");
    if (limit.isPresent()) {
      refuse(channel, limit.get() + ", the most there may be; end one of them");
    } else {
      Thread.ofVirtual().name("mcp").start(() -> serve(channel, account));
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(SocketChannel channel, String account) {
    try (channel) {
      Caller caller;
      try {
        caller = caller(account);
      } catch (RuntimeException failure) {
        refuse(channel, methods.refusal(failure, "of a login", Optional.empty()).sentence());
        return;
      }
      serve(channel, caller);
    } catch (IOException gone) {
      LOG.debug("a connection of `gatehouse mcp` broke: {}", gone.toString());
    } finally {
      quota.giveBack(account);
    }
  }

  private void serve(SocketChannel channel, Caller caller) throws IOException {
    LoginConnection connection =
        new LoginConnection(channel, caller, methods, memory, largestMessage, gate);
    connections.add(connection);
    try {
      connection.serve();
    } finally {
      connections.remove(connection);
    }
  }

  private Caller caller(String account) {
    Caller caller =
        accounts
            .loginCallers()
            .find(account)
            .orElseThrow(
                () ->
                    RefusedException.ofConcern(
                        403,
                        "The account "
                            + account
                            + " is not that of a user of Gatehouse. Log in as one:"
                            + " ssh ACCOUNT@HOST gatehouse mcp",
                        "`gatehouse mcp` was started by " + account + ", which is no user's"));
    caller.user().ifPresent(accounts::requireEnabled);
    return caller;
  }

  /**
   * Tells the client why it is refused, and closes the connection. The line fits into the buffer of
   * a new connection, so this does not wait.
   */
  private static void refuse(SocketChannel channel, String sentence) {
    try (channel) {
      channel.write(
          ByteBuffer.wrap(
              (LoginConnection.REFUSAL + sentence.replace('\n', ' ') + "\n").getBytes(UTF_8)));
    } catch (IOException gone) {
      LOG.debug("a refused connection of `gatehouse mcp` broke: {}", gone.toString());
    }
  }

  private void endStalled() {
    connections.stream().filter(each -> each.isStalled(STALL_LIMIT)).forEach(LoginSocket::end);
  }

  private static void end(LoginConnection connection) {
    try {
      connection.end();
    } catch (IOException failure) {
      LOG.debug("a connection of `gatehouse mcp` cannot be closed: {}", failure.toString());
    }
  }

  /** Ends all connections, and takes the socket away. */
  @Override
  public void close() {
    stalls.close();
    listener.ifPresent(
        opened -> {
          try {
            opened.close();
            Files.deleteIfExists(path);
          } catch (IOException failure) {
            LOG.debug("the socket of `gatehouse mcp` stays: {}", failure.toString());
          }
        });
    connections.forEach(LoginSocket::end);
  }
}
