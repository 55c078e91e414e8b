package io.gatehouse.gateway.http.terminal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.gateway.http.connection.Strangers.Stranger;
import io.gatehouse.gateway.http.terminal.TerminalGate.FrameToken;
import io.gatehouse.gateway.http.terminal.TerminalGate.Handshake;
import io.gatehouse.gateway.session.WindowSize;
import io.gatehouse.gateway.terminal.Terminal;
import io.gatehouse.gateway.terminal.Terminals;
import io.gatehouse.gateway.terminal.Viewer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A WebSocket to a terminal, in the protocol of Open WebUI's browser code.
 *
 * <p>Binary frames carry keystrokes to the shell and output to the browser. Text frames are JSON.
 * Only the browser sends them, because it would print a text frame from the gateway as output. A
 * frame is read only when the frame before it has been typed.
 *
 * <p>The class is public because Jetty calls it by reflection.
 */
public final class TerminalSocket implements Session.Listener.AutoDemanding, Viewer {

  private static final Logger LOG = LoggerFactory.getLogger(TerminalSocket.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** How long a socket may take to send its first frame, as in Open Terminal. */
  private static final Duration FIRST_FRAME_LIMIT = Duration.ofSeconds(10);

  /** A client that sends nothing for this long, not even answers to pings, counts as gone. */
  private static final Duration SILENCE_LIMIT = Duration.ofMinutes(2);

  /**
   * The most characters of a text frame. The longest content is a token, which has at most 8 Ki
   * characters.
   */
  private static final int LONGEST_TEXT = 16 * 1024;

  /** The close code of every refusal. Open WebUI shows neither the code nor the reason. */
  private static final int REFUSED = 4004;

  private static final String REFUSED_REASON = "Session not found";

  private static final byte[] REFUSED_LINE =
      "\r\n[This terminal is not there, or not yours. Open a new one.]\r\n"
          .getBytes(StandardCharsets.UTF_8);

  private final Terminals terminals;
  private final TerminalGate gate;
  private final TerminalSockets sockets;
  private final Handshake handshake;
  private final StringBuilder text = new StringBuilder();
  private final AtomicBoolean pinging = new AtomicBoolean();
  private volatile @Nullable Session session;
  private volatile @Nullable Terminal terminal;
  private volatile @Nullable Stranger stranger;
  private final AtomicBoolean decided = new AtomicBoolean();
  private volatile boolean typing;
  private volatile long heard = System.nanoTime();

  TerminalSocket(
      Terminals terminals, TerminalGate gate, TerminalSockets sockets, Handshake handshake) {
    this.terminals = terminals;
    this.gate = gate;
    this.sockets = sockets;
    this.handshake = handshake;
  }

  // --- Events from the client; Jetty calls one of these methods at a time

  @Override
  public void onWebSocketOpen(Session opened) {
    session = opened;
    stranger = sockets.opened(this, FIRST_FRAME_LIMIT);
  }

  @Override
  public void onWebSocketPartialText(String payload, boolean last) {
    heard = System.nanoTime();
    if (text.length() + payload.length() > LONGEST_TEXT) {
      close(
          StatusCode.MESSAGE_TOO_LARGE,
          "a text frame must have at most " + LONGEST_TEXT + " characters");
      return;
    }
    text.append(payload);
    if (last) {
      Optional<JsonNode> message = parse(text.toString());
      text.setLength(0);
      handle(message);
    }
  }

  private static Optional<JsonNode> parse(String json) {
    try {
      return Optional.ofNullable(JSON.readTree(json)).filter(JsonNode::isObject);
    } catch (JsonProcessingException malformed) {
      return Optional.empty();
    }
  }

  private void handle(Optional<JsonNode> message) {
    String type = message.map(json -> json.path("type").asText()).orElse("");
    enterFirst(
        message
            .filter(json -> type.equals("auth"))
            .flatMap(json -> FrameToken.of(json.path("token"))));
    Terminal entered = terminal;
    if (entered != null && type.equals("resize")) {
      message.ifPresent(json -> resize(entered, json));
    }
  }

  private static void resize(Terminal terminal, JsonNode message) {
    int columns = message.path("cols").asInt();
    int rows = message.path("rows").asInt();
    if (WindowSize.isValid(columns, rows)) {
      terminal.resize(new WindowSize(columns, rows));
    }
  }

  @Override
  public void onWebSocketPartialBinary(ByteBuffer payload, boolean last, Callback callback) {
    heard = System.nanoTime();
    enterFirst(Optional.empty());
    Terminal entered = terminal;
    if (entered != null) {
      typing = true;
      entered.type(this, payload);
      typing = false;
    }
    heard = System.nanoTime();
    callback.succeed();
  }

  @Override
  public void onWebSocketPong(ByteBuffer payload) {
    heard = System.nanoTime();
  }

  @Override
  public void onWebSocketError(Throwable cause) {
    LOG.debug("the socket of a terminal failed: {}", cause.toString());
    gone();
  }

  @Override
  public void onWebSocketClose(int statusCode, @Nullable String reason, Callback callback) {
    gone();
    callback.succeed();
  }

  private void gone() {
    decided.set(true);
    sockets.closed(this);
    leaveStrangers();
    Terminal left = terminal;
    if (left != null) {
      terminals.detach(left, this);
    }
  }

  // --- Admission of the socket

  /** Lets the socket in or refuses it, by its first frame. Only the first call decides. */
  private void enterFirst(Optional<FrameToken> token) {
    if (decided.compareAndSet(false, true)) {
      enter(token);
    }
  }

  private void enter(Optional<FrameToken> token) {
    Optional<Terminal> admitted = gate.admit(handshake, token);
    // The field is set before attaching, so that a socket that closes at this moment knows which
    // terminal to leave.
    admitted.ifPresent(found -> terminal = found);
    if (admitted.filter(found -> terminals.attach(found, handshake.id(), this)).isEmpty()) {
      terminal = null;
      refuse();
    } else {
      leaveStrangers();
    }
  }

  private void leaveStrangers() {
    Stranger left = stranger;
    if (left != null) {
      left.leave();
    }
  }

  /** Refuses a socket that has not sent its first frame. */
  void requireFirstFrame() {
    if (decided.compareAndSet(false, true)) {
      Thread.ofVirtual().name("refusal of a socket").start(this::refuse);
    }
  }

  private void refuse() {
    try {
      show(REFUSED_LINE, 0, REFUSED_LINE.length);
    } catch (IOException gone) {
      LOG.debug("a refused socket was closed first: {}", gone.toString());
    }
    close(REFUSED, REFUSED_REASON);
  }

  // --- Output to the client

  @Override
  public void show(byte[] output, int offset, int length) throws IOException {
    Session to = session;
    if (to == null || !to.isOpen()) {
      throw new IOException("the socket is closed");
    }
    Callback.Completable sent = new Callback.Completable();
    to.sendBinary(ByteBuffer.wrap(output, offset, length), sent);
    try {
      // This wait ends with the connection at the latest, and the pings end a connection that is
      // dead.
      sent.join();
    } catch (CompletionException failure) {
      throw new IOException("the socket was closed", failure);
    }
  }

  @Override
  public void end() {
    close(StatusCode.NORMAL, "");
  }

  @Override
  public void drop() {
    Session dropped = session;
    if (dropped != null) {
      dropped.disconnect();
    }
  }

  private void close(int status, String reason) {
    Session closing = session;
    if (closing != null) {
      closing.close(status, reason, Callback.NOOP);
    }
  }

  /** Pings the client, and closes the connection if the client has been silent for too long. */
  void ping() {
    Session asked = session;
    if (asked == null) {
      return;
    }
    // While a frame is being typed, no further frame is read, so a pong that has come is not seen
    // yet.
    if (!typing && System.nanoTime() - heard > SILENCE_LIMIT.toNanos()) {
      LOG.debug("the socket of a terminal has gone silent");
      drop();
    } else if (pinging.compareAndSet(false, true)) {
      // A ping waits behind output that the client does not take, so one at a time is enough.
      asked.sendPing(
          ByteBuffer.allocate(0),
          Callback.from(() -> pinging.set(false), failure -> pinging.set(false)));
    }
  }
}
