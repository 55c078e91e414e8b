package io.gatehouse.gateway.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.gateway.session.Command;
import io.gatehouse.gateway.session.CommandLine;
import io.gatehouse.gateway.session.FakeCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what no honest client sends, message by message. */
@Timeout(60)
final class McpEndpointsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PING = message(7, "ping", "{}");

  @AutoClose private McpFixture gateway;
  @AutoClose private final HttpClient client = HttpClient.newHttpClient();

  private final FakeCommand slow = new FakeCommand().begins().prints("begun");
  private final CompletableFuture<Void> slowBegan = new CompletableFuture<>();

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    gateway = new McpFixture(directory, List.of("*", "https://chat.example"), this::run);
  }

  private Command run(CommandLine commandLine) {
    if (commandLine.text().equals("slow")) {
      slowBegan.complete(null);
      return slow;
    }
    return new FakeCommand().begins().prints("hello").ends(0);
  }

  private static String message(int id, String method, String params) {
    return "{\"jsonrpc\": \"2.0\", \"id\": %d, \"method\": \"%s\", \"params\": %s}"
        .formatted(id, method, params);
  }

  private static String call(int id, String tool, String arguments) {
    return message(
        id, "tools/call", "{\"name\": \"%s\", \"arguments\": %s}".formatted(tool, arguments));
  }

  private HttpRequest.Builder request() {
    return HttpRequest.newBuilder(URI.create(gateway.url() + "/mcp"))
        .timeout(Duration.ofSeconds(40))
        .header("Accept", "application/json, text/event-stream");
  }

  private HttpRequest.Builder as(String user) {
    return request().header("Authorization", "Bearer " + McpFixture.KEY).header("X-User-Id", user);
  }

  private HttpRequest.Builder in(String session, String user) {
    return as(user).header("Mcp-Session-Id", session);
  }

  private HttpResponse<String> post(HttpRequest.Builder request, String body) {
    return send(request.POST(BodyPublishers.ofString(body)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException | InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private String session(String user) {
    HttpResponse<String> answer = post(as(user), initialize("2025-06-18"));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.headers().firstValue("Mcp-Session-Id").orElseThrow();
  }

  private static String initialize(String version) {
    return message(
        1,
        "initialize",
        "{\"protocolVersion\": \"%s\", \"capabilities\": {}, \"clientInfo\": {}}"
            .formatted(version));
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException failure) {
      throw new IllegalStateException(text, failure);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2025-11-25, 2025-11-25",
    "2025-06-18, 2025-06-18",
    "2025-03-26, 2025-03-26",
    "2024-11-05, 2025-11-25",
    "2099-01-01, 2025-11-25"
  })
  void agreesOnAVersion(String asked, String agreed) {
    HttpResponse<String> answer = post(as("alice"), initialize(asked));

    assertThat(json(answer.body()).path("result").path("protocolVersion").asText())
        .isEqualTo(agreed);
    assertThat(answer.headers().firstValue("Mcp-Session-Id").orElseThrow()).matches("[0-9a-f]{32}");
  }

  @Test
  void refusesAVersionThatWasNotAgreedOn() {
    HttpResponse<String> answer =
        post(in(session("alice"), "alice").header("MCP-Protocol-Version", "1999-01-01"), PING);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("MCP-Protocol-Version must be one of 2025-11-25");
  }

  @Test
  void refusesACallerWithoutCredentials() {
    HttpResponse<String> answer = post(request(), initialize("2025-06-18"));

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    assertThat(answer.headers().firstValue("Mcp-Session-Id")).isEmpty();
  }

  @Test
  void refusesTheSessionOfAnotherUser() {
    String session = session("alice");

    HttpResponse<String> ofBob = post(in(session, "bob"), PING);
    HttpResponse<String> ofNobody = post(in("0".repeat(32), "bob"), PING);
    HttpResponse<String> ended = send(in(session, "bob").DELETE());

    assertThat(ofBob.statusCode()).isEqualTo(404);
    assertThat(ofBob.body()).isEqualTo(ofNobody.body());
    assertThat(ended.statusCode()).isEqualTo(404);
    assertThat(post(in(session, "alice"), PING).statusCode()).isEqualTo(200);
  }

  @Test
  void ignoresASecondUserInsideTheMessage() {
    String session = session("alice");
    post(in(session, "alice"), call(2, "run_command", "{\"command\": \"true\", \"wait\": 10}"));

    HttpResponse<String> answer =
        post(
            in(session("bob"), "bob"),
            call(3, "list_processes", "{\"X-User-Id\": \"alice\", \"user_id\": \"alice\"}"));

    assertThat(json(answer.body()).path("result").path("structuredContent").path("result"))
        .isEmpty();
  }

  @Test
  void refusesTwoUsersInOneRequest() {
    HttpResponse<String> answer =
        post(as("alice").header("X-User-Id", "bob"), initialize("2025-06-18"));

    assertThat(answer.statusCode()).isEqualTo(400);
  }

  @Test
  void asksForASession() {
    HttpResponse<String> answer = post(as("alice"), PING);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("Mcp-Session-Id is required");
  }

  @Test
  void endsASession() {
    String session = session("alice");

    assertThat(send(in(session, "alice").DELETE()).statusCode()).isEqualTo(204);
    assertThat(post(in(session, "alice"), PING).statusCode()).isEqualTo(404);
    assertThat(send(in(session, "alice").DELETE()).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example",
        "null",
        "http://localhost.evil.example",
        "http://localhost@evil.example",
        "file://localhost",
        "http://chat.example",
        "%%%"
      })
  void refusesAPageOfAnotherOrigin(String origin) {
    HttpResponse<String> answer =
        post(as("alice").header("Origin", origin), initialize("2025-06-18"));

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("OPEN_TERMINAL_CORS_ALLOWED_ORIGINS");
    assertThat(send(in(session("alice"), "alice").header("Origin", origin).DELETE()).statusCode())
        .isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://chat.example",
        "http://localhost:6274",
        "http://127.0.0.1:6274",
        "http://[::1]:6274"
      })
  void servesAPageThatIsNamedOrOfTheSameMachine(String origin) {
    HttpResponse<String> answer =
        post(as("alice").header("Origin", origin), initialize("2025-06-18"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Access-Control-Expose-Headers").orElse(""))
        .contains("Mcp-Session-Id");
  }

  @Test
  void hasNoStreamToListenTo() {
    assertThat(send(in(session("alice"), "alice").GET()).statusCode()).isEqualTo(405);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ | -32700",
        "'' | -32600",
        "[] | -32600",
        "[{}] | -32600",
        "\"text\" | -32600",
        "{} | -32600",
        "{\"jsonrpc\": \"1.0\", \"id\": 1, \"method\": \"ping\"} | -32600",
        "{\"jsonrpc\": \"2.0\", \"id\": null, \"method\": \"ping\"} | -32600",
        "{\"jsonrpc\": \"2.0\", \"id\": 1.5, \"method\": \"ping\"} | -32600",
        "{\"jsonrpc\": \"2.0\", \"id\": {}, \"method\": \"ping\"} | -32600",
        "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": 5} | -32600",
        "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"ping\", \"params\": []} | -32600",
      })
  void refusesWhatIsNoMessage(String body, int code) {
    HttpResponse<String> answer = post(in(session("alice"), "alice"), body);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer.body()).path("error").path("code").asInt()).isEqualTo(code);
    assertThat(json(answer.body()).path("id").isNull()).isTrue();
  }

  @Test
  void refusesAMethodThatItDoesNotHave() {
    HttpResponse<String> answer =
        post(in(session("alice"), "alice"), message(5, "prompts/list", "{}"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(json(answer.body()).path("error").path("code").asInt()).isEqualTo(-32601);
    assertThat(json(answer.body()).path("id").asInt()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "\"text\"", "5"})
  void refusesArgumentsThatAreNoObject(String arguments) {
    HttpResponse<String> answer =
        post(in(session("alice"), "alice"), call(5, "list_files", arguments));

    assertThat(json(answer.body()).path("error").path("code").asInt()).isEqualTo(-32602);
  }

  @Test
  void refusesALongBody() {
    HttpResponse<String> answer =
        post(
            in(session("alice"), "alice"),
            call(5, "write_file", "{\"content\": \"" + "x".repeat(3_000_000) + "\"}"));

    assertThat(answer.statusCode()).isEqualTo(413);
  }

  @Test
  void takesNotificationsAndAnswersInSilence() {
    String session = session("alice");

    HttpResponse<String> told =
        post(
            in(session, "alice"),
            "{\"jsonrpc\": \"2.0\", \"method\": \"notifications/initialized\"}");
    HttpResponse<String> answered =
        post(in(session, "alice"), "{\"jsonrpc\": \"2.0\", \"id\": 1, \"result\": {}}");

    assertThat(told.statusCode()).isEqualTo(202);
    assertThat(told.body()).isEmpty();
    assertThat(answered.statusCode()).isEqualTo(202);
  }

  @Test
  void answersAClientThatTakesEventsOnlyAndOneThatTakesJsonOnly() {
    String session = session("alice");
    String message = call(5, "run_command", "{\"command\": \"true\", \"wait\": 10}");

    HttpResponse<String> events =
        post(in(session, "alice").setHeader("Accept", "text/event-stream"), message);
    HttpResponse<String> json =
        post(in(session, "alice").setHeader("Accept", "application/json"), message);

    assertThat(events.headers().firstValue("Content-Type")).contains("text/event-stream");
    assertThat(events.body()).contains("event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":5,");
    assertThat(json.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(json(json.body()).path("result").path("structuredContent").path("status").asText())
        .isEqualTo("done");
  }

  @Test
  void endsTheWaitOfACancelledCallAndLeavesTheCommand() throws Exception {
    String session = session("alice");
    HttpResponse<InputStream> waiting =
        client.send(
            in(session, "alice")
                .POST(
                    BodyPublishers.ofString(
                        message(
                            9,
                            "tools/call",
                            "{\"name\": \"run_command\", \"arguments\": {\"command\": \"slow\","
                                + " \"wait\": 300}, \"_meta\": {\"progressToken\": 3}}")))
                .build(),
            BodyHandlers.ofInputStream());
    try (BufferedReader events =
        new BufferedReader(new InputStreamReader(waiting.body(), StandardCharsets.UTF_8))) {
      assertThat(events.readLine()).isEqualTo("event: message");
      JsonNode progress = json(events.readLine().substring("data: ".length())).path("params");

      HttpResponse<String> ofBob = post(in(session("bob"), "bob"), cancelled(9));
      HttpResponse<String> ofAlice = post(in(session, "alice"), cancelled(9));

      assertThat(ofBob.statusCode()).isEqualTo(202);
      assertThat(ofAlice.statusCode()).isEqualTo(202);
      assertThat(events.lines()).allMatch(String::isEmpty);
      assertThat(progress.path("progressToken").asInt()).isEqualTo(3);
      String words = progress.path("message").asText();
      String id = words.substring(words.lastIndexOf(' ') + 1);
      HttpResponse<String> status =
          post(
              in(session, "alice"),
              call(10, "get_process_status", "{\"process_id\": \"" + id + "\", \"wait\": 0}"));
      assertThat(
              json(status.body()).path("result").path("structuredContent").path("status").asText())
          .isEqualTo("running");
      assertThat(slow.signals()).isEmpty();
    }
  }

  @Test
  void doesNotEndACallForAnotherSessionThatNamesItsId() throws Exception {
    String session = session("alice");
    CompletableFuture<HttpResponse<String>> waiting =
        client.sendAsync(
            in(session, "alice")
                .POST(
                    BodyPublishers.ofString(
                        call(9, "run_command", "{\"command\": \"slow\", \"wait\": 300}")))
                .build(),
            BodyHandlers.ofString());
    slowBegan.join();

    post(in(session("bob"), "bob"), cancelled(9));
    post(in(session("alice"), "alice"), cancelled(9));
    slow.ends(0);

    assertThat(waiting.get().body()).contains("\"status\":\"done\"");
  }

  private static String cancelled(int id) {
    return "{\"jsonrpc\": \"2.0\", \"method\": \"notifications/cancelled\", \"params\":"
        + " {\"requestId\": "
        + id
        + "}}";
  }

  @Test
  void refusesASecondCallWithTheIdOfARunningOne() throws Exception {
    String session = session("alice");
    String message = call(9, "run_command", "{\"command\": \"slow\", \"wait\": 300}");
    HttpResponse<InputStream> first =
        client.send(
            in(session, "alice").POST(BodyPublishers.ofString(message)).build(),
            BodyHandlers.ofInputStream());
    slowBegan.join();

    HttpResponse<String> second = post(in(session, "alice"), message);

    assertThat(json(second.body()).path("error").path("code").asInt()).isEqualTo(-32600);
    slow.ends(0);
    try (InputStream events = first.body()) {
      assertThat(new String(events.readAllBytes(), StandardCharsets.UTF_8))
          .contains("\"status\":\"done\"");
    }
  }

  @Test
  void endsCallsWithTheirSession() {
    String session = session("alice");
    CompletableFuture<HttpResponse<String>> waiting =
        client.sendAsync(
            in(session, "alice")
                .POST(
                    BodyPublishers.ofString(
                        call(9, "run_command", "{\"command\": \"slow\", \"wait\": 300}")))
                .build(),
            BodyHandlers.ofString());
    slowBegan.join();

    assertThat(send(in(session, "alice").DELETE()).statusCode()).isEqualTo(204);

    assertThat(waiting.join().body()).doesNotContain("\"result\"");
  }
}
