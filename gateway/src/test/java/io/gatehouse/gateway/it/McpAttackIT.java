package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.OpenWebUi;
import io.gatehouse.gateway.support.RealSshd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What alice tries over MCP against bob and against the gateway, with her own valid token, through
 * a real sshd.
 */
@Timeout(180)
final class McpAttackIT {

  private static final String SECRET = "SECRET-b0b";
  private static final String ALICE = "token-of-alice";
  private static final String BOB = "token-of-bobby";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Bytes of the largest body that the gateway of this test takes. */
  private static final int LARGEST_BODY = 2_000_000;

  private static RealSshd sshd;
  private static OpenWebUi openWebUi;
  private static RunningGateway gateway;
  private static HttpClient http;

  @BeforeAll
  static void start() {
    sshd = RealSshd.start();
    openWebUi = OpenWebUi.start("127.0.0.1");
    openWebUi.knows(ALICE, "id-of-alice", "alice@example.org", "user");
    openWebUi.knows(BOB, "id-of-bobby", "bobby@example.org", "user");
    Map<String, String> environment = new HashMap<>(sshd.environment());
    environment.put("OPEN_TERMINAL_HOST", "127.0.0.1");
    environment.put("OPEN_TERMINAL_PORT", "0");
    environment.put("OPEN_TERMINAL_OWUI_URL", "http://127.0.0.1:" + openWebUi.port());
    environment.put("OPEN_TERMINAL_USER_ISOLATION", "true");
    environment.put("OPEN_TERMINAL_MAX_BODY_SIZE", String.valueOf(LARGEST_BODY));
    gateway = RunningGateway.start(environment);
    http = HttpClient.newHttpClient();
    assertThat(run(ALICE, "id -un")).contains("ghitalice");
    run(
        BOB,
        "mkdir -p open; echo "
            + SECRET
            + " | tee diary open/file >/dev/null; chmod 777 open; chmod 666 diary open/file");
    run(
        ALICE,
        "ln -sfn /home/ghitbobby/open/file link; ln -sfn /home/ghitbobby linked; mkdir -p sub;"
            + " ln -sfn ../.. sub/up");
  }

  @AfterAll
  static void stop() {
    if (http != null) {
      http.close();
    }
    Closing.inOrder(gateway, openWebUi, sshd);
  }

  // --- A client of MCP that can say what no honest client says

  private static HttpRequest.Builder request(String token, String session) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + "/mcp"))
            .timeout(Duration.ofSeconds(90))
            .header("Accept", "application/json, text/event-stream")
            .header("Authorization", "Bearer " + token);
    return session.isEmpty() ? request : request.header("Mcp-Session-Id", session);
  }

  private static HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    } catch (InterruptedException interruption) {
      throw new IllegalStateException(interruption);
    }
  }

  private static HttpResponse<String> post(String token, String session, String body) {
    return send(request(token, session).POST(BodyPublishers.ofString(body)).build());
  }

  private static String session(String token) {
    return post(token, "", message(1, "initialize", JSON.createObjectNode()))
        .headers()
        .firstValue("Mcp-Session-Id")
        .orElseThrow();
  }

  private static String message(int id, String method, JsonNode params) {
    ObjectNode message = JSON.createObjectNode().put("jsonrpc", "2.0").put("method", method);
    if (id > 0) {
      message.put("id", id);
    }
    message.set("params", params);
    return message.toString();
  }

  private static String call(int id, String tool, Map<String, ?> arguments) {
    ObjectNode params = JSON.createObjectNode().put("name", tool);
    params.set("arguments", JSON.valueToTree(arguments));
    return message(id, "tools/call", params);
  }

  /** The answer to a call, whether it came as JSON or as the last event of a stream. */
  private static JsonNode answer(HttpResponse<String> response) {
    String body = response.body();
    int last = body.lastIndexOf("data: ");
    try {
      return JSON.readTree(last < 0 ? body : body.substring(last + "data: ".length()));
    } catch (IOException failure) {
      throw new IllegalStateException(body, failure);
    }
  }

  private static String run(String token, String command) {
    return answer(
            post(
                token,
                session(token),
                call(1, "run_command", Map.of("command", command, "wait", 60))))
        .toString();
  }

  // --- bob's files

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/home/ghitbobby/diary",
        "/home/ghitbobby/open/file",
        "../ghitbobby/open/file",
        "link",
        "linked/open/file",
        "sub/up/ghitbobby/open/file",
        "/proc/self/root/home/ghitbobby/open/file",
        "/proc/self/cwd/../ghitbobby/open/file"
      })
  void reachesNoFileOfAnotherUserByAnyTool(String path) {
    String session = session(ALICE);
    Map<String, Map<String, ?>> attempts =
        Map.of(
            "read_file", Map.of("path", path),
            "display_file", Map.of("path", path),
            "write_file", Map.of("path", path, "content", "alice was here"),
            "replace_file_content",
                Map.of(
                    "path",
                    path,
                    "replacements",
                    List.of(Map.of("target", SECRET, "replacement", "alice was here"))),
            "grep_search", Map.of("query", "SECRET", "path", path),
            "list_files", Map.of("directory", path + "/.."));

    attempts.forEach(
        (tool, arguments) -> {
          String body = post(ALICE, session, call(1, tool, arguments)).body();
          assertThat(body).as(tool).doesNotContain(SECRET).doesNotContain("diary\"");
        });
    assertThat(run(BOB, "cat diary open/file; ls -la . open"))
        .contains(SECRET + "\\n" + SECRET)
        .doesNotContain("alice was here")
        .doesNotContain("ghitalice");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///home/ghitalice/..%2fghitbobby%2fopen%2ffile",
        "file:///home/ghitalice/%2e%2e/ghitbobby/open/file",
        "file:///home/ghitalice/%252e%252e/ghitbobby/open/file",
        "file:///home/ghitalice/sub/up/ghitbobby/open/file",
        "file:////home/ghitbobby/open/file",
        "file://localhost/home/ghitbobby/open/file",
        "file://ghitbobby/open/file",
        "file:///home/ghitalice/x%00/../../ghitbobby/open/file",
        "FILE:///home/ghitalice/linked/open/file",
        "file:/home/ghitbobby/open/file",
        "file:home/ghitbobby/open/file",
        "file:///home/ghitbobby/open/file?x#y",
        "http://127.0.0.1/home/ghitbobby/open/file",
        "/home/ghitbobby/open/file",
        "\\\\ghitbobby\\open\\file",
        ""
      })
  void readsNoFileOfAnotherUserAsAResource(String uri) {
    HttpResponse<String> response =
        post(
            ALICE,
            session(ALICE),
            message(1, "resources/read", JSON.createObjectNode().put("uri", uri)));

    assertThat(answer(response).has("error")).as(response.body()).isTrue();
    assertThat(response.body()).doesNotContain(SECRET);
  }

  // --- bob's commands and sessions

  @Test
  void reachesNoCommandOfAnotherUserByItsId() {
    String ofBob = session(BOB);
    String id =
        answer(
                post(
                    BOB,
                    ofBob,
                    call(
                        1,
                        "run_command",
                        Map.of("command", "echo " + SECRET + "; cat", "wait", 1))))
            .at("/result/structuredContent/id")
            .asText();
    String session = session(ALICE);

    for (String tool : List.of("get_process_status", "send_process_input", "kill_process")) {
      String body =
          post(ALICE, session, call(1, tool, Map.of("process_id", id, "input", "x\n"))).body();
      assertThat(body).as(tool).contains("HTTP error 404").doesNotContain(SECRET);
    }
    assertThat(post(ALICE, session, call(1, "list_processes", Map.of())).body()).doesNotContain(id);
    JsonNode still =
        answer(post(BOB, ofBob, call(2, "get_process_status", Map.of("process_id", id))));
    assertThat(still.at("/result/structuredContent/status").asText()).isEqualTo("running");
    post(BOB, ofBob, call(3, "kill_process", Map.of("process_id", id)));
  }

  @Test
  void usesCancelsAndEndsNothingOfAnotherUsersSession() {
    String ofBob = session(BOB);
    CompletableFuture<HttpResponse<String>> running =
        http.sendAsync(
            request(BOB, ofBob)
                .POST(
                    BodyPublishers.ofString(
                        call(
                            7,
                            "run_command",
                            Map.of("command", "sleep 4; echo finished", "wait", 30))))
                .build(),
            BodyHandlers.ofString());

    String cancel =
        message(0, "notifications/cancelled", JSON.createObjectNode().put("requestId", 7));
    assertThat(post(ALICE, ofBob, cancel).statusCode()).isEqualTo(404);
    assertThat(post(ALICE, session(ALICE), cancel).statusCode()).isEqualTo(202);
    assertThat(post(ALICE, ofBob, call(1, "list_processes", Map.of())).statusCode()).isEqualTo(404);
    assertThat(send(request(ALICE, ofBob).DELETE().build()).statusCode()).isEqualTo(404);

    assertThat(answer(running.join()).at("/result/structuredContent/status").asText())
        .isEqualTo("done");
    assertThat(post(BOB, ofBob, message(8, "ping", JSON.createObjectNode())).statusCode())
        .isEqualTo(200);
  }

  /** Each row has a header that alice adds to her own token, and the status that she gets. */
  @ParameterizedTest
  @CsvSource({
    "X-User-Id, id-of-bobby, 403",
    "X-User-Id, bobby@example.org, 403",
    "Authorization, Bearer token-of-bobby, 400",
    "X-Forwarded-User, id-of-bobby, 200",
    "X-OpenWebUI-User-Id, id-of-bobby, 200",
    "Cookie, token=token-of-bobby, 200",
    "X-Session-Id, chat-of-bobby, 200"
  })
  void isNobodyElseByAHeader(String name, String value, int status) {
    HttpResponse<String> response =
        send(
            request(ALICE, session(ALICE))
                .header(name, value)
                .POST(
                    BodyPublishers.ofString(
                        call(1, "run_command", Map.of("command", "id -un", "wait", 30))))
                .build());

    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.body()).doesNotContain("ghitbobby");
    if (status == 200) {
      assertThat(response.body()).contains("ghitalice");
    }
  }

  @Test
  void seesNothingOfAnotherUsersChatByItsName() {
    HttpRequest start =
        request(BOB, session(BOB))
            .header("X-Session-Id", "one-chat")
            .POST(
                BodyPublishers.ofString(
                    call(1, "run_command", Map.of("command", "echo " + SECRET, "wait", 30))))
            .build();
    String id = answer(send(start)).at("/result/structuredContent/id").asText();
    assertThat(id).isNotEmpty();

    HttpRequest list =
        request(ALICE, session(ALICE))
            .header("X-Session-Id", "one-chat")
            .POST(BodyPublishers.ofString(call(1, "list_processes", Map.of())))
            .build();

    assertThat(send(list).body()).doesNotContain(id).doesNotContain(SECRET);
  }

  // --- too much

  @Test
  void refusesMessagesThatAreTooLarge() {
    String session = session(ALICE);
    String large =
        call(1, "write_file", Map.of("path", "large", "content", "x".repeat(LARGEST_BODY)));
    BodyPublisher chunked =
        BodyPublishers.fromPublisher(BodyPublishers.ofString(large)); // has no Content-Length
    String deep =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":"
            + "{\"a\":".repeat(100_000)
            + "1"
            + "}".repeat(100_000)
            + "}";

    assertThat(post(ALICE, session, large).statusCode()).isEqualTo(413);
    assertThat(send(request(ALICE, session).POST(chunked).build()).statusCode()).isEqualTo(413);
    assertThat(post(ALICE, session, deep).statusCode()).isEqualTo(400);
    assertThat(
            post(
                    ALICE,
                    session,
                    call(1, "list_files", Map.of("directory", "/" + "x/".repeat(60_000))))
                .body())
        .contains("isError\":true");
    assertThat(run(ALICE, "ls -A")).doesNotContain("large");
  }

  @Test
  void holdsNoMoreSessionsForAUserWhoOpensThousands() {
    String ofBob = session(BOB);
    String first = session(ALICE);
    String last = "";
    for (int i = 0; i < 2000; i++) {
      last = session(ALICE);
    }
    String ping = message(1, "ping", JSON.createObjectNode());

    assertThat(post(ALICE, first, ping).statusCode()).isEqualTo(404);
    assertThat(post(ALICE, last, ping).statusCode()).isEqualTo(200);
    assertThat(post(BOB, ofBob, ping).statusCode()).isEqualTo(200);
  }

  /** Opens a connection, sends a call, and never reads. */
  private static Socket unread(String session, String call) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port()));
    byte[] body = call.getBytes(StandardCharsets.UTF_8);
    String head =
        "POST /mcp HTTP/1.1\r\nHost: x\r\nAccept: application/json, text/event-stream\r\n"
            + ("Authorization: Bearer " + ALICE + "\r\nMcp-Session-Id: " + session + "\r\n")
            + ("Content-Length: " + body.length + "\r\n\r\n");
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(body);
    return socket;
  }

  @Test
  void letsOthersThroughBesideStreamsThatNobodyReads() throws IOException {
    run(ALICE, "head -c 6000000 /dev/zero | tr '\\0' x >six; base64 -w 76 six >text");
    String session = session(ALICE);
    List<Socket> held = new ArrayList<>();
    try {
      for (int i = 0; i < 80; i++) {
        held.add(unread(session, call(1000 + i, "read_file", Map.of("path", "text"))));
        String progress =
            call(2000 + i, "run_command", Map.of("command", "sleep 20", "wait", 20))
                .replace("\"arguments\"", "\"_meta\":{\"progressToken\":" + i + "},\"arguments\"");
        held.add(unread(session, progress));
      }

      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(
                          post(ALICE, session, call(1, "read_file", Map.of("path", "text"))).body())
                      .contains("HTTP error 429"));
      long begin = System.nanoTime();
      assertThat(run(BOB, "echo works")).contains("works");
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    } finally {
      for (Socket socket : held) {
        socket.setSoLinger(true, 0);
        socket.close();
      }
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(
                        answer(
                                post(
                                    ALICE,
                                    session(ALICE),
                                    call(1, "read_file", Map.of("path", "text"))))
                            .at("/result/isError")
                            .asBoolean(true))
                    .isFalse());
  }
}
