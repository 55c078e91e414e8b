package io.gatehouse.gateway.http.ports;

import io.gatehouse.gateway.http.exchange.HttpCarrier;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection after it has become a WebSocket to a user's server. It copies bytes in both
 * directions and reads no frames, so extensions and subprotocols are agreed between the client and
 * the server.
 *
 * <p>Each direction has a thread, which reads the next bytes only after the last ones were taken.
 * So a receiver that reads slowly slows the sender down.
 */
final class AppSocket extends AbstractConnection implements Connection.UpgradeTo {

  private static final Logger LOG = LoggerFactory.getLogger(AppSocket.class);

  private static final int BUFFER = 16 * 1024;

  /**
   * The longest silence in both directions. Servers with long silences send pings, Jupyter every 30
   * seconds. So the other end of a longer silence is probably gone.
   */
  private static final Duration SILENCE = Duration.ofHours(1);

  /**
   * The longest silence after one side has ended its stream. It is short, because both sides of a
   * WebSocket end their streams together.
   */
  private static final Duration SILENCE_HALF_CLOSED = Duration.ofSeconds(10);

  private static final int DIRECTIONS = 2;

  private final AppConnection app;
  private final InputStream fromApp;
  private final AppSockets.Place place;
  private final AtomicInteger running = new AtomicInteger(DIRECTIONS);
  private final AtomicBoolean ended = new AtomicBoolean();

  /** The bytes that Jetty has read beyond the client's request. */
  private ByteBuffer ahead = BufferUtil.EMPTY_BUFFER;

  private AppSocket(
      ConnectionMetaData client, AppConnection app, InputStream fromApp, AppSockets.Place place) {
    super(client.getConnection().getEndPoint(), client.getConnector().getExecutor());
    this.app = app;
    this.fromApp = fromApp;
    this.place = place;
  }

  /**
   * Makes the client's connection a WebSocket as soon as the answer is sent.
   *
   * @param fromApp the bytes of the server after its answer
   * @param place the place of the WebSocket, which this method takes over, as well as the
   *     connection to the server
   */
  static void replace(
      HttpCarrier client, AppConnection app, InputStream fromApp, AppSockets.Place place) {
    ServletContextRequest request =
        ServletContextRequest.getServletContextRequest(client.request());
    ConnectionMetaData connection = request.getConnectionMetaData();
    AppSocket socket = new AppSocket(connection, app, fromApp, place);
    // Javalin has set the type of a body, which this answer does not have.
    client.answer().setHeader("Content-Type", null);
    client.answer().setHeader("Connection", "Upgrade");
    client.answer().setHeader("Upgrade", SocketHandshake.PROTOCOL);
    request.setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE, socket);
    place.opened(socket::end);
    connection.getConnection().addEventListener(socket.watch());
  }

  /**
   * Watches the connection that this one replaces. If the client goes before the answer is sent,
   * this connection is never opened, and has to be ended nevertheless.
   */
  private Connection.Listener watch() {
    return new Connection.Listener() {
      @Override
      public void onClosed(Connection replaced) {
        // Jetty also closes the replaced connection when it opens this one.
        if (!getEndPoint().isOpen()) {
          end();
        }
      }
    };
  }

  @Override
  public void onUpgradeTo(@Nullable ByteBuffer buffer) {
    if (buffer != null) {
      ahead = buffer;
    }
  }

  @Override
  public void onOpen() {
    super.onOpen();
    if (ended.get()) {
      getEndPoint().close();
      return;
    }
    getEndPoint().setIdleTimeout(SILENCE.toMillis());
    start("WebSocket to a port", this::copyToApp);
    start("WebSocket from a port", this::copyToClient);
  }

  /** A direction of the copy. */
  @FunctionalInterface
  private interface Direction {
    void copy() throws IOException;
  }

  private void start(String name, Direction direction) {
    Thread.ofVirtual()
        .name(name)
        .start(
            () -> {
              try {
                direction.copy();
                if (running.decrementAndGet() == 0) {
                  end();
                } else {
                  getEndPoint().setIdleTimeout(SILENCE_HALF_CLOSED.toMillis());
                }
              } catch (IOException | CompletionException failure) {
                LOG.debug("a WebSocket to a port ends: {}", failure.toString());
                end();
              }
            });
  }

  private void copyToApp() throws IOException {
    OutputStream toApp = app.switchedOutput();
    ByteBuffer buffer = BufferUtil.allocate(BUFFER);
    byte[] bytes = BufferUtil.toArray(ahead);
    toApp.write(bytes);
    toApp.flush();
    while (true) {
      int count = getEndPoint().fill(buffer);
      if (count < 0) {
        // The server reads the end of the stream, and may still send something.
        toApp.close();
        return;
      }
      if (count == 0) {
        awaitClient();
      } else {
        toApp.write(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
        toApp.flush();
        BufferUtil.clear(buffer);
      }
    }
  }

  private void awaitClient() {
    Callback.Completable readable = new Callback.Completable(Invocable.InvocationType.NON_BLOCKING);
    getEndPoint().fillInterested(readable);
    // This wait ends with the connection at the latest.
    readable.join();
  }

  private void copyToClient() throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int count = fromApp.read(buffer); count >= 0; count = fromApp.read(buffer)) {
      Callback.Completable sent = new Callback.Completable(Invocable.InvocationType.NON_BLOCKING);
      getEndPoint().write(sent, ByteBuffer.wrap(buffer, 0, count));
      sent.join();
    }
    getEndPoint().shutdownOutput();
  }

  /** Not called, because the threads of this connection wait for bytes themselves. */
  @Override
  public void onFillable() {}

  @Override
  public boolean onIdleExpired(@Nullable TimeoutException timeout) {
    LOG.debug("a WebSocket to a port has been silent for too long");
    end();
    return false;
  }

  @Override
  public void onClose(@Nullable Throwable cause) {
    super.onClose(cause);
    end();
  }

  /** Ends the connections to both sides. May be called again. */
  private void end() {
    if (ended.compareAndSet(false, true)) {
      app.close();
      place.close();
      getEndPoint().close();
    }
  }
}
