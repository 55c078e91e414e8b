package io.gatehouse.bench.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A WebSocket to a terminal that reads no faster than its user does. */
public final class TerminalConnection implements WebSocket.Listener, AutoCloseable {

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int UNREAD_FRAMES = 64;

  /** The number of last bytes that are kept to search: a prompt, and the output before it. */
  private static final int TAIL = 1024;

  private final BlockingQueue<String> unread = new ArrayBlockingQueue<>(UNREAD_FRAMES);
  private final WebSocket socket;
  private final AtomicLong drained = new AtomicLong();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  private TerminalConnection(WebSocket.Builder builder, String url) {
    this.socket =
        builder
            .connectTimeout(LIMIT)
            .buildAsync(URI.create(url.replaceFirst("^http", "ws")), this)
            .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
            .join();
  }

  /** Opens the socket of a terminal as Open WebUI does in bearer mode. */
  public static TerminalConnection open(String url, String user, String key) {
    TerminalConnection connection =
        new TerminalConnection(HTTP.newWebSocketBuilder().header("X-User-Id", user), url);
    connection
        .socket
        .sendText("{\"type\":\"auth\",\"token\":\"" + key + "\"}", true)
        .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
        .join();
    return connection;
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
    try {
      unread.put(StandardCharsets.ISO_8859_1.decode(data).toString());
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    }
    from.request(1);
    return null;
  }

  public void type(String keys) {
    socket
        .sendBinary(ByteBuffer.wrap(keys.getBytes(StandardCharsets.UTF_8)), true)
        .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
        .join();
  }

  /** Reads until the output contains this text, and returns the number of bytes that were read. */
  public long await(String expected) {
    StringBuilder tail = new StringBuilder();
    long count = 0;
    while (true) {
      String shown = next(expected);
      count += shown.length();
      tail.append(shown);
      tail.delete(0, Math.max(0, tail.length() - TAIL - expected.length()));
      if (tail.indexOf(expected) >= 0) {
        return count;
      }
    }
  }

  private String next(String expected) {
    try {
      String shown = unread.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      if (shown != null) {
        return shown;
      }
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    }
    throw new IllegalStateException("a terminal did not show \"" + expected + "\" in " + LIMIT);
  }

  /** Runs a command, reads its whole output, and returns the number of bytes. */
  public long run(String command) {
    type(command + "; echo do''ne\r");
    return await("done");
  }

  /** Runs a command and returns all that the terminal showed. */
  public String runAndRead(String command) {
    type(command + "; echo do''ne\r");
    StringBuilder text = new StringBuilder();
    while (text.indexOf("done", Math.max(0, text.length() - TAIL)) < 0) {
      text.append(next("done"));
    }
    return text.toString();
  }

  /** Reads as fast as it can until the terminal has ended, and keeps nothing. */
  public void drain() {
    while (!closed.isDone()) {
      try {
        String shown = unread.poll(1, TimeUnit.SECONDS);
        drained.addAndGet(shown == null ? 0 : shown.length());
      } catch (InterruptedException interruption) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** The number of bytes that were read by {@link #drain}. */
  public long drained() {
    return drained.get();
  }

  /** Closes the socket; the terminal lives on. */
  public void abandon() {
    socket.abort();
    closed.complete(null);
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
    closed.complete(null);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable failure) {
    closed.complete(null);
  }

  /** Leaves the shell, as a user does, and waits until the terminal has ended. */
  @Override
  public void close() {
    unread.clear();
    type("exit\r");
    closed.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
  }
}
