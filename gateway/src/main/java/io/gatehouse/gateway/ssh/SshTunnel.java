package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.session.Tunnel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.sshd.client.channel.ChannelDirectTcpip;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.channel.ChannelPipedInputStream;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.core.CoreModuleProperties;

/** A connection that sshd makes as the account (direct-tcpip; RFC 4254, section 7.2). */
final class SshTunnel implements Tunnel {

  /** The origin of the connection in the request. sshd only logs it. */
  private static final SshdSocketAddress ORIGIN = new SshdSocketAddress("127.0.0.1", 0);

  /** The bytes that a silent tunnel may buffer. They are few, because a user may have many. */
  private static final long SOCKET_WINDOW = 128 * 1024;

  /**
   * How long a write waits for a program that reads nothing, although 2 MB wait for it in sshd.
   * Meanwhile nothing is read from the client either, so nobody notices if the client has gone.
   */
  private static final Duration SOCKET_WRITE_LIMIT = Duration.ofMinutes(1);

  private final ChannelDirectTcpip channel;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final InputStream input;

  private SshTunnel(ChannelDirectTcpip channel) {
    this.channel = channel;
    this.input = new Input((ChannelPipedInputStream) channel.getInvertedOut(), channel);
    channel.addCloseFutureListener(closed -> ended.complete(null));
  }

  /**
   * Opens a connection.
   *
   * @return empty if no program listens at this address
   * @throws IOException if sshd opens no channel, the login is lost, or the limit has passed
   */
  static Optional<SshTunnel> open(
      ClientSession session, SshdSocketAddress server, Duration limit, Use use) throws IOException {
    ChannelDirectTcpip channel = new ToldOfEnd(server);
    if (use == Use.SOCKET) {
      CoreModuleProperties.WINDOW_SIZE.set(channel, SOCKET_WINDOW);
      CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT.set(channel, SOCKET_WRITE_LIMIT);
    }
    var unused = session.getService(ConnectionService.class).registerChannel(channel);
    try {
      OpenFuture opening = channel.open();
      channel.addCloseFutureListener(
          closed ->
              opening.setException(new SshException("the channel was closed before it opened")));
      opening.verify(limit);
      return Optional.of(new SshTunnel(channel));
    } catch (IOException failure) {
      ExecChannels.close(channel);
      if (isNobodyThere(failure)) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /** MINA wraps the refusal in the exception of the method that waits for it. */
  private static boolean isNobodyThere(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof SshChannelOpenException refusal) {
        return refusal.getReasonCode() == SshConstants.SSH_OPEN_CONNECT_FAILED;
      }
    }
    return false;
  }

  CompletableFuture<Void> whenEnded() {
    return ended;
  }

  @Override
  public InputStream input() {
    return input;
  }

  @Override
  public OutputStream output() {
    return channel.getInvertedIn();
  }

  @Override
  public void readLimit(Duration limit) {
    ((ChannelPipedInputStream) channel.getInvertedOut()).setTimeout(limit.toMillis());
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen() && !channel.isEofSignalled();
  }

  @Override
  public void close() {
    ExecChannels.close(channel);
  }

  /**
   * A channel that ends its stream when the server ends its side. MINA would end the stream with
   * the channel, and sshd ends the channel only after both sides have ended. Many answers of
   * HTTP/1.0 have no other end than that of the server's side.
   */
  private static final class ToldOfEnd extends ChannelDirectTcpip {

    private ToldOfEnd(SshdSocketAddress server) {
      super(ORIGIN, server);
    }

    @Override
    public void handleEof() throws IOException {
      super.handleEof();
      if (getInvertedOut() instanceof ChannelPipedInputStream input) {
        input.eof();
      }
    }
  }

  /** A stream that throws another exception for a wait that was too long than for an end. */
  private static final class Input extends InputStream {

    private final ChannelPipedInputStream in;
    private final ChannelDirectTcpip channel;

    private Input(ChannelPipedInputStream in, ChannelDirectTcpip channel) {
      super();
      this.in = in;
      this.channel = channel;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      long begun = System.nanoTime();
      try {
        return in.read(bytes, offset, length);
      } catch (IOException failure) {
        long limit = in.getTimeout();
        if (limit > 0 && Duration.ofNanos(System.nanoTime() - begun).toMillis() >= limit) {
          SocketTimeoutException late = new SocketTimeoutException("the server sends nothing");
          late.initCause(failure);
          throw late;
        }
        if (!channel.isOpen()) {
          return -1;
        }
        throw failure;
      }
    }

    @Override
    public int available() throws IOException {
      return Math.max(0, in.available());
    }
  }
}
