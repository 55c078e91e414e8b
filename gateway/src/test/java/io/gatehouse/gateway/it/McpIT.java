package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.RealSshd;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MCP with the protocol's own client, through a real sshd, in real accounts. */
@Timeout(180)
final class McpIT {

  private static final String KEY = "integration-test-key";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SECRET = "bobs-secret";

  private static final List<McpSchema.ProgressNotification> PROGRESS = new CopyOnWriteArrayList<>();
  private static final List<McpSyncClient> CLIENTS = new ArrayList<>();

  private static RealSshd sshd;
  private static RunningGateway gateway;
  private static McpSyncClient alice;
  private static McpSyncClient bob;

  @BeforeAll
  static void start() {
    sshd = RealSshd.start();
    gateway = sshd.startGateway(KEY, Map.of());
    alice = client("alice");
    bob = client("bobby");
    run(bob, "echo " + SECRET + " >~/diary; chmod 644 ~/diary");
  }

  @AfterAll
  static void stop() {
    CLIENTS.forEach(McpSyncClient::close);
    Closing.inOrder(gateway, sshd);
  }

  private static McpSyncClient client(String user) {
    McpSyncClient client =
        McpClient.sync(
                HttpClientStreamableHttpTransport.builder("http://127.0.0.1:" + gateway.port())
                    .addHttpRequestCustomizer(
                        (request, method, uri, body, context) ->
                            request
                                .header("Authorization", "Bearer " + KEY)
                                .header("X-User-Id", user))
                    .build())
            .requestTimeout(Duration.ofSeconds(60))
            .progressConsumer(PROGRESS::add)
            .build();
    CLIENTS.add(client);
    client.initialize();
    return client;
  }

  private static CallToolResult call(
      McpSyncClient client, String tool, Map<String, Object> arguments) {
    return client.callTool(CallToolRequest.builder(tool).arguments(arguments).build());
  }

  private static JsonNode structured(CallToolResult result) {
    return JSON.valueToTree(result.structuredContent());
  }

  private static String text(CallToolResult result) {
    return ((McpSchema.TextContent) result.content().getFirst()).text();
  }

  private static String run(McpSyncClient client, String command) {
    JsonNode answer =
        structured(call(client, "run_command", Map.of("command", command, "wait", 30)));
    StringBuilder all = new StringBuilder();
    answer.path("output").forEach(entry -> all.append(entry.path("data").asText()));
    return all.toString();
  }

  @Test
  void runsAsTheUsersOwnAccount() {
    assertThat(run(alice, "id -un; pwd")).isEqualTo("ghitalice\n/home/ghitalice\n");
    assertThat(run(bob, "id -un")).isEqualTo("ghitbobby\n");
  }

  @Test
  void writesReadsAndSearchesFiles() {
    call(alice, "write_file", Map.of("path", "notes/mcp.txt", "content", "one\ntwo\n"));

    assertThat(
            structured(call(alice, "read_file", Map.of("path", "notes/mcp.txt")))
                .path("content")
                .asText())
        .isEqualTo("one\ntwo\n");
    assertThat(text(call(alice, "grep_search", Map.of("query", "two", "path", "notes"))))
        .contains("mcp.txt");
    assertThat(run(alice, "stat -c '%U %a' notes/mcp.txt")).isEqualTo("ghitalice 600\n");
  }

  @Test
  void listsAndReadsTheFilesOfTheHome() {
    run(alice, "echo resource >~/a.txt");

    assertThat(alice.listResources().resources())
        .extracting(McpSchema.Resource::uri)
        .contains("file:///home/ghitalice/a.txt")
        .noneMatch(uri -> uri.contains("/."));
    assertThat(
            ((McpSchema.TextResourceContents)
                    read(alice, "file:///home/ghitalice/a.txt").contents().getFirst())
                .text())
        .isEqualTo("resource\n");
  }

  private static McpSchema.ReadResourceResult read(McpSyncClient client, String uri) {
    return client.readResource(new McpSchema.ReadResourceRequest(uri, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///home/ghitbobby/diary",
        "file:///home/ghitalice/../ghitbobby/diary",
        "file:///home/ghitalice/%2e%2e/ghitbobby/diary",
        "file:///home/ghitalice/link-to-diary",
        "file:///home/ghitalice/link-to-home/diary",
        "file:///proc/self/root/home/ghitbobby/diary",
        "file:///etc/shadow"
      })
  void readsNoFileThatTheAccountMayNotRead(String uri) {
    run(alice, "ln -sfn /home/ghitbobby/diary link-to-diary; ln -sfn /home/ghitbobby link-to-home");

    assertThatThrownBy(() -> read(alice, uri))
        .isInstanceOf(io.modelcontextprotocol.spec.McpError.class)
        .hasMessageNotContaining(SECRET);
  }

  @Test
  void readsNoFileOfTheGatewaysOwn() {
    String runtime = sshd.environment().get("OPEN_TERMINAL_RUNTIME_DIR");

    assertThatThrownBy(() -> read(alice, "file://" + runtime + "/provisioner_ed25519"))
        .isInstanceOf(io.modelcontextprotocol.spec.McpError.class)
        .hasMessageNotContaining("PRIVATE KEY");
  }

  @Test
  void showsAPicture() {
    run(
        alice,
        "base64 -d >dot.png <<<"
            + "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    CallToolResult picture = call(alice, "read_file", Map.of("path", "dot.png"));

    assertThat(picture.content().getFirst()).isInstanceOf(McpSchema.ImageContent.class);
  }

  @Test
  void tellsTheProgressOfALongCommand() {
    CallToolResult result =
        alice.callTool(
            CallToolRequest.builder("run_command")
                .arguments(Map.of("command", "sleep 3; echo late", "wait", 30))
                .progressToken("it")
                .build());

    assertThat(structured(result).path("status").asText()).isEqualTo("done");
    assertThat(PROGRESS)
        .extracting(McpSchema.ProgressNotification::message)
        .contains("The command runs as process " + structured(result).path("id").asText());
  }

  @Test
  void findsNoCommandOfAnotherUser() {
    String id =
        structured(call(bob, "run_command", Map.of("command", "echo " + SECRET, "wait", 30)))
            .path("id")
            .asText();

    for (String tool : List.of("get_process_status", "kill_process", "send_process_input")) {
      CallToolResult result = call(alice, tool, Map.of("process_id", id, "input", "x"));
      assertThat(result.isError()).isTrue();
      assertThat(text(result)).startsWith("HTTP error 404").doesNotContain(SECRET);
    }
    assertThat(text(call(alice, "list_processes", Map.of()))).doesNotContain(id);
  }

  /** What alice sends with the id of bob's session, and with bob's name wherever it could count. */
  @Test
  void actsForNobodyElse() throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      String ofBob = session(http, "bobby");
      String ofAlice = session(http, "alice");
      String whoami =
          "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"tools/call\", \"params\": {\"name\":"
              + " \"run_command\", \"arguments\": {\"command\": \"id -un\", \"wait\": 30,"
              + " \"X-User-Id\": \"bobby\", \"user\": \"bobby\"}, \"_meta\": {\"X-User-Id\":"
              + " \"bobby\", \"headers\": {\"X-User-Id\": \"bobby\"}}}}";

      HttpResponse<String> taken = http.send(post("alice", ofBob, whoami), BodyHandlers.ofString());
      HttpResponse<String> own = http.send(post("alice", ofAlice, whoami), BodyHandlers.ofString());

      assertThat(taken.statusCode()).isEqualTo(404);
      assertThat(own.body()).contains("ghitalice").doesNotContain("ghitbobby");
    }
  }

  private static HttpRequest post(String user, String session, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + "/mcp"))
            .timeout(Duration.ofSeconds(60))
            .header("Accept", "application/json, text/event-stream")
            .header("Authorization", "Bearer " + KEY)
            .header("X-User-Id", user)
            .POST(BodyPublishers.ofString(body));
    if (!session.isEmpty()) {
      request.header("Mcp-Session-Id", session);
    }
    return request.build();
  }

  private static String session(HttpClient http, String user)
      throws IOException, InterruptedException {
    String initialize =
        "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"initialize\", \"params\": {}}";
    return http.send(post(user, "", initialize), BodyHandlers.ofString())
        .headers()
        .firstValue("Mcp-Session-Id")
        .orElseThrow();
  }

  @Test
  void answersAsOverHttp() {
    Client http =
        new Client("http://127.0.0.1:" + gateway.port(), Map.of("Authorization", "Bearer " + KEY))
            .user("alice");
    run(alice, "mkdir -p same; echo x >same/file");

    assertThat(structured(call(alice, "list_files", Map.of("directory", "/home/ghitalice/same"))))
        .isEqualTo(http.get("/files/list?directory=/home/ghitalice/same").json());
  }
}
