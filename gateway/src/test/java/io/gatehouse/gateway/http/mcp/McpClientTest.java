package io.gatehouse.gateway.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.gatehouse.gateway.session.Command;
import io.gatehouse.gateway.session.CommandLine;
import io.gatehouse.gateway.session.FakeCommand;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests MCP with the client of the protocol's own SDK. */
@Timeout(120)
final class McpClientTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final byte[] PICTURE =
      Base64.getDecoder()
          .decode(
              "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

  @AutoClose private McpFixture gateway;

  private final List<McpSyncClient> clients = new ArrayList<>();
  private final List<McpSchema.ProgressNotification> progress = new CopyOnWriteArrayList<>();
  private final FakeCommand slow = new FakeCommand().begins().prints("begun");

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    gateway = new McpFixture(directory, List.of("*"), this::run);
  }

  @AfterEach
  void stop() {
    clients.forEach(McpSyncClient::close);
  }

  private Command run(CommandLine commandLine) {
    return commandLine.text().equals("slow")
        ? slow
        : new FakeCommand().begins().prints("hello").ends(0);
  }

  private McpSyncClient client(String user, String chat) {
    McpSyncClient client =
        McpClient.sync(
                HttpClientStreamableHttpTransport.builder(gateway.url())
                    .addHttpRequestCustomizer(
                        (request, method, uri, body, context) -> identify(request, user, chat))
                    .build())
            .requestTimeout(Duration.ofSeconds(60))
            .progressConsumer(progress::add)
            .build();
    clients.add(client);
    client.initialize();
    return client;
  }

  private static void identify(HttpRequest.Builder request, String user, String chat) {
    request.header("Authorization", "Bearer " + McpFixture.KEY);
    if (!user.isEmpty()) {
      request.header("X-User-Id", user);
    }
    if (!chat.isEmpty()) {
      request.header("X-Session-Id", chat);
    }
  }

  private McpSyncClient alice() {
    return client("alice", "");
  }

  private static CallToolResult call(
      McpSyncClient client, String tool, Map<String, Object> arguments) {
    return client.callTool(CallToolRequest.builder(tool).arguments(arguments).build());
  }

  private static String text(CallToolResult result) {
    return ((McpSchema.TextContent) result.content().getFirst()).text();
  }

  private static JsonNode structured(CallToolResult result) {
    return JSON.valueToTree(result.structuredContent());
  }

  @Test
  void introducesItself() {
    McpSyncClient client = alice();

    assertThat(client.getServerInfo().name()).isEqualTo("Gatehouse");
    assertThat(client.getServerInfo().version()).isEqualTo("1.2.3");
    assertThat(client.getServerCapabilities().tools()).isNotNull();
    assertThat(client.getServerCapabilities().resources()).isNotNull();
    assertThat(client.getServerCapabilities().prompts()).isNull();
    assertThat(client.getServerInstructions()).contains("run_command");
    assertThat(client.ping()).isNotNull();
  }

  @Test
  void hasAToolForEachOperationOfTheOpenApiDocument() throws Exception {
    Map<String, JsonNode> operations = new HashMap<>();
    try (HttpClient http = HttpClient.newHttpClient()) {
      String document =
          http.send(
                  HttpRequest.newBuilder(URI.create(gateway.url() + "/openapi.json")).build(),
                  BodyHandlers.ofString())
              .body();
      for (JsonNode methods : JSON.readTree(document).path("paths")) {
        methods.forEach(each -> operations.put(each.path("operationId").asText(), each));
      }
    }

    List<McpSchema.Tool> tools = alice().listTools().tools();

    assertThat(tools)
        .extracting(McpSchema.Tool::name)
        .containsExactlyInAnyOrderElementsOf(operations.keySet());
    for (McpSchema.Tool tool : tools) {
      JsonNode operation = operations.getOrDefault(tool.name(), MissingNode.getInstance());
      assertThat(tool.description()).isEqualTo(operation.path("description").asText());
      JsonNode properties = JSON.valueToTree(tool.inputSchema()).path("properties");
      for (JsonNode parameter : operation.path("parameters")) {
        assertThat(properties.path(parameter.path("name").asText()))
            .isEqualTo(parameter.path("schema"));
      }
      operation
          .path("requestBody")
          .path("content")
          .path("application/json")
          .path("schema")
          .path("properties")
          .properties()
          .forEach(
              field -> assertThat(properties.path(field.getKey())).isEqualTo(field.getValue()));
    }
  }

  @Test
  void saysWhichToolsOnlyRead() {
    JsonNode tools = JSON.valueToTree(alice().listTools().tools());
    Map<String, JsonNode> hints = new HashMap<>();
    tools.forEach(tool -> hints.put(tool.path("name").asText(), tool.path("annotations")));

    assertThat(hints)
        .extractingByKey("read_file")
        .satisfies(hint -> assertThat(hint.path("readOnlyHint").asText()).isEqualTo("true"));
    assertThat(hints)
        .extractingByKey("read_file")
        .satisfies(hint -> assertThat(hint.path("destructiveHint").asText()).isEqualTo("false"));
    assertThat(hints)
        .extractingByKey("run_command")
        .satisfies(hint -> assertThat(hint.path("readOnlyHint").asText()).isEqualTo("false"));
    assertThat(hints)
        .extractingByKey("run_command")
        .satisfies(hint -> assertThat(hint.path("destructiveHint").asText()).isEqualTo("true"));
    assertThat(hints)
        .extractingByKey("run_command")
        .satisfies(hint -> assertThat(hint.path("openWorldHint").asText()).isEqualTo("true"));
    assertThat(hints)
        .extractingByKey("write_file")
        .satisfies(hint -> assertThat(hint.path("idempotentHint").asText()).isEqualTo("true"));
    assertThat(hints)
        .extractingByKey("write_file")
        .satisfies(hint -> assertThat(hint.path("openWorldHint").asText()).isEqualTo("false"));
    assertThat(hints)
        .extractingByKey("replace_file_content")
        .satisfies(hint -> assertThat(hint.path("idempotentHint").asText()).isEqualTo("false"));
  }

  @Test
  void runsACommandWithOneFlatObjectOfArguments() throws IOException {
    CallToolResult result =
        call(alice(), "run_command", Map.of("command", "echo hello", "wait", 10));

    assertThat(result.isError()).isFalse();
    assertThat(structured(result).path("command").asText()).isEqualTo("echo hello");
    assertThat(structured(result).path("status").asText()).isEqualTo("done");
    assertThat(structured(result).path("output").path(0).path("data").asText()).isEqualTo("hello");
    assertThat(JSON.readTree(text(result))).isEqualTo(structured(result));
  }

  @Test
  void wrapsAListAsOpenTerminalDoes() throws IOException {
    McpSyncClient client = alice();
    call(client, "run_command", Map.of("command", "echo hello", "wait", 10));

    CallToolResult result = call(client, "list_processes", Map.of());

    assertThat(structured(result).path("result")).hasSize(1);
    assertThat(JSON.readTree(text(result))).isEqualTo(structured(result).path("result"));
    assertThat(result.meta()).containsEntry("fastmcp", Map.of("wrap_result", true));
  }

  @Test
  void takesAnIdThatBelongsIntoThePath() {
    McpSyncClient client = alice();
    String id =
        structured(call(client, "run_command", Map.of("command", "echo hello", "wait", 10)))
            .path("id")
            .asText();

    CallToolResult result = call(client, "get_process_status", Map.of("process_id", id));

    assertThat(structured(result).path("id").asText()).isEqualTo(id);
  }

  @Test
  void makesAToolErrorOfARefusal() {
    CallToolResult result = call(alice(), "get_process_status", Map.of("process_id", "nobody"));

    assertThat(result.isError()).isTrue();
    assertThat(text(result))
        .isEqualTo("HTTP error 404: Not Found - {\"detail\":\"Process not found\"}");
    assertThat(result.structuredContent()).isNull();
  }

  @Test
  void saysWhichArgumentIsWrong() {
    CallToolResult result = call(alice(), "run_command", Map.of("wait", 10));

    assertThat(result.isError()).isTrue();
    assertThat(text(result)).startsWith("HTTP error 422").contains("command", "Field required");
  }

  @Test
  void refusesAToolThatIsNotThere() {
    McpSyncClient client = alice();

    assertThatThrownBy(() -> call(client, "no_such_tool", Map.of()))
        .isInstanceOfSatisfying(
            McpError.class,
            failure -> assertThat(failure.getJsonRpcError().code()).isEqualTo(-32602));
  }

  @Test
  void refusesACallerWithTheKeyWhoNamesNobody() {
    CallToolResult result = call(client("", ""), "run_command", Map.of("command", "true"));

    assertThat(result.isError()).isTrue();
    assertThat(text(result)).startsWith("HTTP error 401").contains("X-User-Id is required");
  }

  @Test
  void writesAndReadsALongText() throws IOException {
    McpSyncClient client = alice();
    String content = "A line with \"quotes\" and ü\n".repeat(40_000);

    CallToolResult written =
        call(client, "write_file", Map.of("path", "long.txt", "content", content));

    assertThat(written.isError()).as(text(written)).isFalse();
    assertThat(Files.readString(gateway.home().resolve("long.txt"))).isEqualTo(content);
    assertThat(
            structured(call(client, "read_file", Map.of("path", "long.txt")))
                .path("content")
                .asText())
        .isEqualTo(content);
  }

  @Test
  void showsAPictureAsAPicture() throws IOException {
    McpSyncClient client = alice();
    call(client, "list_files", Map.of());
    Files.write(gateway.home().resolve("dot.png"), PICTURE);

    CallToolResult read = call(client, "read_file", Map.of("path", "dot.png"));
    CallToolResult displayed = call(client, "display_file", Map.of("path", "dot.png"));

    for (McpSchema.Content content :
        List.of(read.content().getFirst(), displayed.content().get(1))) {
      McpSchema.ImageContent picture = (McpSchema.ImageContent) content;
      assertThat(picture.mimeType()).isEqualTo("image/png");
      assertThat(Base64.getDecoder().decode(picture.data())).isEqualTo(PICTURE);
    }
    assertThat(structured(displayed).path("exists").asBoolean()).isTrue();
  }

  @Test
  void embedsOtherBytesThatTheOperatorAllows() throws IOException {
    McpSyncClient client = alice();
    call(client, "list_files", Map.of());
    Files.write(gateway.home().resolve("some files.zip"), PICTURE);

    CallToolResult read = call(client, "read_file", Map.of("path", "some files.zip"));

    assertThat(read.isError()).as(() -> text(read)).isFalse();
    McpSchema.EmbeddedResource resource = (McpSchema.EmbeddedResource) read.content().getFirst();
    McpSchema.BlobResourceContents blob = (McpSchema.BlobResourceContents) resource.resource();
    assertThat(blob.uri()).isEqualTo("file://" + gateway.home() + "/some%20files.zip");
    assertThat(Base64.getDecoder().decode(blob.blob())).isEqualTo(PICTURE);
  }

  @Test
  void tellsTheProgressOfALongCommand() {
    McpSyncClient client = alice();
    Thread.startVirtualThread(
        () -> {
          while (progress.size() < 2) {
            Thread.onSpinWait();
          }
          slow.ends(0);
        });

    CallToolResult result =
        client.callTool(
            CallToolRequest.builder("run_command")
                .arguments(Map.of("command", "slow", "wait", 60))
                .progressToken("a token")
                .build());

    String id = structured(result).path("id").asText();
    assertThat(structured(result).path("status").asText()).isEqualTo("done");
    assertThat(progress)
        .extracting(McpSchema.ProgressNotification::progressToken)
        .containsOnly("a token");
    assertThat(progress)
        .extracting(McpSchema.ProgressNotification::message)
        .containsOnly("The command runs as process " + id);
    assertThat(progress.get(1).progress()).isGreaterThan(progress.get(0).progress());
  }

  @Test
  void keepsChatsApart() {
    call(client("alice", "first"), "run_command", Map.of("command", "true", "wait", 10));

    assertThat(
            structured(call(client("alice", "second"), "list_processes", Map.of())).path("result"))
        .isEmpty();
    assertThat(
            structured(call(client("alice", "first"), "list_processes", Map.of())).path("result"))
        .hasSize(1);
    assertThat(structured(call(client("bob", "first"), "list_processes", Map.of())).path("result"))
        .isEmpty();
  }

  @Test
  void listsTheFilesOfTheHomeAsResources() throws IOException {
    McpSyncClient client = alice();
    call(client, "list_files", Map.of());
    Files.writeString(gateway.home().resolve("my notes.txt"), "remember");
    Files.writeString(gateway.home().resolve(".secret"), "hidden");
    Files.createDirectory(gateway.home().resolve("folder"));

    List<McpSchema.Resource> resources = client.listResources().resources();

    assertThat(resources).extracting(McpSchema.Resource::name).containsExactly("my notes.txt");
    assertThat(resources.getFirst().uri())
        .isEqualTo("file://" + gateway.home() + "/my%20notes.txt");
    assertThat(resources.getFirst().mimeType()).isEqualTo("text/plain");
    assertThat(client.listResourceTemplates().resourceTemplates())
        .extracting(McpSchema.ResourceTemplate::uriTemplate)
        .containsExactly("file:///{+path}");
    McpSchema.TextResourceContents content =
        (McpSchema.TextResourceContents)
            client.readResource(resources.getFirst()).contents().getFirst();
    assertThat(content.text()).isEqualTo("remember");
  }

  @Test
  void listsManyResourcesInPages() throws IOException {
    McpSyncClient client = alice();
    call(client, "list_files", Map.of());
    for (int i = 0; i < HomeResources.PAGE + 3; i++) {
      Files.writeString(gateway.home().resolve("file" + i), "");
    }

    assertThat(client.listResources().resources())
        .hasSize(HomeResources.PAGE + 3)
        .doesNotHaveDuplicates();
  }

  @Test
  void readsBytesAsABlobAndALargeText() throws IOException {
    McpSyncClient client = alice();
    call(client, "list_files", Map.of());
    Files.write(gateway.home().resolve("dot.png"), PICTURE);
    String large = "ü".repeat(300_000);
    Files.writeString(gateway.home().resolve("large"), large);

    McpSchema.BlobResourceContents blob = (McpSchema.BlobResourceContents) read(client, "/dot.png");
    McpSchema.TextResourceContents text = (McpSchema.TextResourceContents) read(client, "/large");

    assertThat(Base64.getDecoder().decode(blob.blob())).isEqualTo(PICTURE);
    assertThat(text.text()).isEqualTo(large);
  }

  private McpSchema.ResourceContents read(McpSyncClient client, String name) {
    return client
        .readResource(new McpSchema.ReadResourceRequest("file://" + gateway.home() + name, null))
        .contents()
        .getFirst();
  }

  @Test
  void refusesAResourceThatIsNotThereOrTooLargeOrNoFile() throws IOException {
    McpSyncClient client = alice();
    call(client, "list_files", Map.of());
    try (var file =
        Files.newByteChannel(
            gateway.home().resolve("huge"),
            Set.of(
                java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.WRITE))) {
      file.position(HomeResources.LARGEST);
      file.write(java.nio.ByteBuffer.wrap(new byte[1]));
    }

    assertThatThrownBy(() -> read(client, "/missing"))
        .isInstanceOfSatisfying(
            McpError.class,
            failure -> assertThat(failure.getJsonRpcError().code()).isEqualTo(-32002))
        .hasMessageContaining("File not found");
    assertThatThrownBy(() -> read(client, "/huge")).hasMessageContaining("read_file");
    for (String uri :
        List.of(
            "http://169.254.169.254/",
            "file://other.host/etc/passwd",
            "file:relative",
            "%",
            "file:///a%00b")) {
      assertThatThrownBy(() -> client.readResource(new McpSchema.ReadResourceRequest(uri, null)))
          .as(uri)
          .hasMessageContaining("The URI must be that of a file");
    }
  }
}
