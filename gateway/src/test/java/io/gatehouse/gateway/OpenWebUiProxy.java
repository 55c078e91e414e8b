package io.gatehouse.gateway;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.websocket.WsConfig;
import io.javalin.websocket.WsContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Open WebUI between a browser and a terminal server, as far as terminals go: it knows users by
 * their tokens, and passes on what each of its versions and modes does.
 */
final class OpenWebUiProxy implements AutoCloseable {

  /** What follows on the address of the proxy. */
  static final String PATH = "/api/v1/terminals/gatehouse";

  private static final Pattern AUTH =
      Pattern.compile("\\{\"type\":\"auth\",\"token\":\"([^\"]*)\".*}");

  private static final int LARGEST_MESSAGE = 8 << 20;

  /** How the connection is set up, and in which version. */
  enum Mode {
    BEARER_UP_TO_0_11_3(true, false, false),
    BEARER(true, true, false),
    SESSION_UP_TO_0_11_3(false, false, false),
    SESSION(false, true, false),
    ORCHESTRATOR(false, true, true);

    private final boolean sendsKey;
    private final boolean sendsUserHeaders;
    private final boolean sendsToken;

    Mode(boolean sendsKey, boolean sendsUserHeaders, boolean sendsToken) {
      this.sendsKey = sendsKey;
      this.sendsUserHeaders = sendsUserHeaders;
      this.sendsToken = sendsToken;
    }
  }

  private final String gatehouse;
  private final String key;
  private final Map<String, String> users;
  private final Map<String, CompletableFuture<WebSocket>> upstreams = new ConcurrentHashMap<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Javalin server;
  private volatile Mode mode = Mode.SESSION;

  /**
   * Starts on a free port of loopback.
   *
   * @param gatehouse the address of the terminal server
   * @param key that of its connection with a key
   * @param users their ids by their tokens
   */
  OpenWebUiProxy(String gatehouse, String key, Map<String, String> users) {
    this.gatehouse = gatehouse;
    this.key = key;
    this.users = Map.copyOf(users);
    this.server = Javalin.create(this::configure).start("127.0.0.1", 0);
  }

  private void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.jetty.modifyWebSocketServletFactory(
        factory -> {
          factory.setMaxBinaryMessageSize(LARGEST_MESSAGE);
          factory.setMaxTextMessageSize(LARGEST_MESSAGE);
        });
    config.routes.post(PATH + "/api/terminals", this::open);
    config.routes.ws(PATH + "/api/terminals/{id}", this::relay);
  }

  void setMode(Mode mode) {
    this.mode = mode;
  }

  String address() {
    return "http://127.0.0.1:" + server.port();
  }

  // --- What is passed on

  private void open(Context context) {
    String token = Objects.requireNonNull(context.header("Authorization")).replace("Bearer ", "");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(gatehouse + "/api/terminals"))
            .POST(BodyPublishers.noBody())
            .header("Authorization", "Bearer " + (mode.sendsKey ? key : token))
            .header("X-User-Id", userOf(token));
    String chat = context.header("X-Session-Id");
    if (chat != null) {
      request.header("X-Session-Id", chat);
    }
    try {
      HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
      context.status(answer.statusCode()).contentType("application/json").result(answer.body());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private String userOf(String token) {
    return Objects.requireNonNull(
        users.get(token), "the proxy lets nobody in whom it does not know");
  }

  private void relay(WsConfig ws) {
    ws.onMessage(
        context -> {
          String text = context.message();
          CompletableFuture<WebSocket> upstream = upstreams.get(context.sessionId());
          if (upstream == null) {
            upstreams.put(context.sessionId(), connect(context, text));
          } else {
            upstream.join().sendText(text, true).join();
          }
        });
    ws.onBinaryMessage(
        context -> {
          ByteBuffer data = context.data();
          Objects.requireNonNull(upstreams.get(context.sessionId()))
              .join()
              .sendBinary(data, true)
              .join();
        });
    ws.onClose(
        context -> {
          CompletableFuture<WebSocket> upstream = upstreams.remove(context.sessionId());
          if (upstream != null) {
            var unused = upstream.thenAccept(WebSocket::abort);
          }
        });
  }

  /** The browser's first frame is for the proxy; what goes on depends on the mode. */
  private CompletableFuture<WebSocket> connect(WsContext browser, String firstFrame) {
    var auth = AUTH.matcher(firstFrame);
    if (!auth.matches()) {
      browser.closeSession(4001, "not authenticated");
      return CompletableFuture.failedFuture(new IllegalStateException(firstFrame));
    }
    String token = auth.group(1);
    String user = userOf(token);
    WebSocket.Builder request = http.newWebSocketBuilder();
    if (mode.sendsUserHeaders) {
      request.header("X-User-Id", user).header("X-Session-Id", "chat");
    }
    if (mode.sendsToken) {
      request.header("X-Terminal-Context-Id", "chat:chat");
    }
    String id = browser.pathParam("id");
    URI target =
        URI.create(
            gatehouse.replaceFirst("^http", "ws") + "/api/terminals/" + id + "?user_id=" + user);
    CompletableFuture<WebSocket> upstream = request.buildAsync(target, new Relay(browser));
    if (mode.sendsKey || mode.sendsToken) {
      String credential = mode.sendsKey ? key : token;
      upstream.join().sendText("{\"type\":\"auth\",\"token\":\"" + credential + "\"}", true).join();
    }
    return upstream;
  }

  /** Passes messages of the terminal server to the browser, whole, as Open WebUI does. */
  private static final class Relay implements WebSocket.Listener {

    private final WsContext browser;
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();

    private Relay(WsContext browser) {
      this.browser = browser;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
      byte[] part = new byte[data.remaining()];
      data.get(part);
      message.writeBytes(part);
      if (last) {
        browser.send(ByteBuffer.wrap(message.toByteArray()));
        message.reset();
      }
      from.request(1);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      browser.send(data.toString());
      from.request(1);
      return CompletableFuture.completedFuture(null);
    }

    /** The number and the reason are lost on the way. */
    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
      browser.closeSession();
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
      browser.closeSession();
    }
  }

  @Override
  public void close() {
    server.stop();
  }
}
