package io.gatehouse.gateway.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A WebSocket to a terminal, which keeps the output that it has received. */
public final class TerminalClient implements WebSocket.Listener, AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final AtomicInteger RUNS = new AtomicInteger();
  private static final int FRAME = 1 << 20;

  private final boolean reads;

  /** All bytes shown so far, each as one character. */
  private final StringBuilder output = new StringBuilder();

  private final List<String> texts = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final WebSocket socket;
  private int largestFrame;
  private int searchFrom;

  private TerminalClient(String url, List<String> headers, boolean reads) {
    this.reads = reads;
    WebSocket.Builder builder = HTTP.newWebSocketBuilder().connectTimeout(LIMIT);
    for (int i = 0; i < headers.size(); i += 2) {
      builder.header(headers.get(i), headers.get(i + 1));
    }
    socket = builder.buildAsync(URI.create(url.replaceFirst("^http", "ws")), this).join();
  }

  /** Opens a socket to the terminal with this id and sends nothing yet. */
  public static TerminalClient connect(String base, String id, @Nullable String userId) {
    return connect(base, id, userId, List.of());
  }

  /**
   * The same with headers.
   *
   * @param headers names and values in turn; a name may come twice
   */
  public static TerminalClient connect(
      String base, String id, @Nullable String userId, List<String> headers) {
    return new TerminalClient(url(base, id, userId), headers, true);
  }

  /** A socket whose other end never reads. */
  public static TerminalClient connectDeaf(String base, String id, String userId) {
    return new TerminalClient(url(base, id, userId), List.of(), false);
  }

  private static String url(String base, String id, @Nullable String userId) {
    return base
        + "/api/terminals/"
        + id
        + (userId == null ? "" : "?user_id=" + Client.encode(userId));
  }

  public TerminalClient auth(String token) {
    return text("{\"type\":\"auth\",\"token\":\"" + token + "\"}");
  }

  public TerminalClient resize(int columns, int rows) {
    return text("{\"type\":\"resize\",\"cols\":" + columns + ",\"rows\":" + rows + "}");
  }

  /**
   * Sends a text. As in a browser, it is lost if the other end has closed the connection: a gateway
   * that refuses the first frame may close it before a client has sent the second.
   */
  public TerminalClient text(String frame) {
    try {
      socket.sendText(frame, true).join();
    } catch (CompletionException failure) {
      if (!(failure.getCause() instanceof IOException)) {
        throw failure;
      }
    }
    return this;
  }

  public TerminalClient type(String keys) {
    return type(keys.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends one message, in frames of a megabyte. */
  public TerminalClient type(byte[] keys) {
    for (int from = 0; from < keys.length; from += FRAME) {
      int count = Math.min(FRAME, keys.length - from);
      socket
          .sendBinary(ByteBuffer.wrap(keys, from, count), from + count == keys.length)
          .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
          .join();
    }
    return this;
  }

  @Override
  public void onOpen(WebSocket opened) {
    if (reads) {
      opened.request(1);
    }
  }

  @Override
  public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
    synchronized (this) {
      largestFrame = Math.max(largestFrame, data.remaining());
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      output.append(new String(bytes, StandardCharsets.ISO_8859_1));
      notifyAll();
    }
    from.request(1);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    texts.add(data.toString());
    from.request(1);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
    closed.complete(status);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void onError(WebSocket from, Throwable failure) {
    closed.complete(1006);
  }

  public synchronized String output() {
    return new String(
        output.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  public synchronized int largestFrame() {
    return largestFrame;
  }

  public List<String> texts() {
    return texts;
  }

  /** Waits until new output matches the pattern, and returns it. */
  public synchronized String await(String pattern) {
    return awaitAndTake(pattern).group();
  }

  private synchronized MatchResult awaitAndTake(String pattern) {
    Pattern wanted = Pattern.compile(pattern);
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      Matcher matcher = wanted.matcher(output);
      if (matcher.find(searchFrom)) {
        searchFrom = matcher.end();
        return matcher.toMatchResult();
      }
      long left = deadline - System.nanoTime();
      assertThat(left)
          .as(
              "waited for %s in: %s",
              pattern, output.substring(Math.max(0, output.length() - 2000)))
          .isPositive();
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException failure) {
        throw new IllegalStateException(failure);
      }
    }
  }

  /** Types a command line and returns what it printed, found by marks that the shell prints. */
  public String run(String command) {
    String begin = "begin-" + RUNS.incrementAndGet() + "-";
    String end = "end" + begin;
    type("printf '%s\\n' ''" + begin + "; " + command + "; printf '%s\\n' ''" + end + "\r");
    synchronized (this) {
      // Bash switches bracketed paste off between the line it was typed and what it prints.
      int from = awaitAndTake("\n(?:\u001b\\[\\?2004l\r)?" + begin + "\r\n").end();
      int to = awaitAndTake(end).start();
      return output.substring(from, to).replace("\r\n", "\n");
    }
  }

  /** The close code; 1006 if the connection ended without one. */
  public int awaitClose() {
    try {
      return closed.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException | InterruptedException failure) {
      throw new AssertionError("the socket was not closed: " + output(), failure);
    } catch (java.util.concurrent.ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  public boolean isClosed() {
    return closed.isDone();
  }

  /** Breaks the connection, as the reload of a page or the loss of the network does. */
  @Override
  public void close() {
    socket.abort();
  }
}
