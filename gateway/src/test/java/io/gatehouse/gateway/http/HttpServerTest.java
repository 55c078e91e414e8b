package io.gatehouse.gateway.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountBounds;
import io.gatehouse.gateway.account.AccountKeyPair;
import io.gatehouse.gateway.account.AccountSettings;
import io.gatehouse.gateway.account.AccountSettings.Naming;
import io.gatehouse.gateway.account.Accounts;
import io.gatehouse.gateway.account.Provisioner;
import io.gatehouse.gateway.auth.Authenticator;
import io.gatehouse.gateway.auth.BearerToken;
import io.gatehouse.gateway.auth.Role;
import io.gatehouse.gateway.chat.WorkingDirectories;
import io.gatehouse.gateway.exec.ExecutionLogs;
import io.gatehouse.gateway.exec.ExecutionSettings;
import io.gatehouse.gateway.exec.Executions;
import io.gatehouse.gateway.files.Documents;
import io.gatehouse.gateway.files.FileServices;
import io.gatehouse.gateway.files.patch.Patches;
import io.gatehouse.gateway.http.describe.ServiceSettings;
import io.gatehouse.gateway.isolation.Isolation;
import io.gatehouse.gateway.isolation.IsolationSettings;
import io.gatehouse.gateway.notebooks.NotebookSettings;
import io.gatehouse.gateway.notebooks.Notebooks;
import io.gatehouse.gateway.ports.Ports;
import io.gatehouse.gateway.session.Command;
import io.gatehouse.gateway.session.CommandLine;
import io.gatehouse.gateway.session.FakeCommand;
import io.gatehouse.gateway.session.FakeSessions;
import io.gatehouse.gateway.session.MemoryBudget;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.SessionException.Reason;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.skills.Skills;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.LogCapture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests the server over real HTTP. The commands behind it do what a test says. No other test runs
 * at the same time, because some of these read all that the gateway logs.
 */
@Isolated
@Timeout(60)
final class HttpServerTest {

  private static final String KEY = "s3cr3t-key";
  private static final String SECRET = "s3cr3t-of-the-implementation";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Account> provisioned = new CopyOnWriteArrayList<>();
  private Optional<HttpServer> server = Optional.empty();
  private Optional<Executions> executions = Optional.empty();

  @AfterEach
  void stop() {
    server.ifPresent(HttpServer::close);
    executions.ifPresent(Executions::close);
    client.close();
  }

  private static HttpSettings settings(List<String> origins, boolean systemPrompt, String info) {
    return settings(origins, systemPrompt, info, 1000);
  }

  private static HttpSettings settings(
      List<String> origins, boolean systemPrompt, String info, long largestBody) {
    return new HttpSettings(
        "127.0.0.1",
        0,
        origins,
        largestBody,
        new ServiceSettings(
            Optional.empty(),
            systemPrompt,
            Optional.of(info).filter(text -> !text.isEmpty()),
            Optional.empty(),
            true),
        new FileSettings(Optional.empty(), 2000, FileSettings.DEFAULT_BINARY_TYPES, false),
        Path.of("no-folder"));
  }

  private final MemoryBudget memory = new MemoryBudget(8 << 20, 4 << 20);

  private void start() {
    start(settings(List.of("https://chat.example"), true, ""), true);
  }

  private void start(HttpSettings settings, boolean isolation) {
    Sessions sessions = new FakeSessions(HttpServerTest::run);
    ExecutionSettings limits =
        new ExecutionSettings(
            directory.resolve("logs"),
            new ExecutionLogs.Limits(
                ExecutionLogs.SMALLEST_MAX_SIZE,
                100_000_000,
                100_000_000,
                1000,
                1000,
                Duration.ofDays(1)),
            Optional.empty(),
            true);
    Executions started =
        new Executions(
            sessions,
            new ExecutionLogs(limits.logDirectory(), limits.logLimits(), Clock.systemUTC()),
            memory,
            Clock.systemUTC());
    Accounts accounts =
        Accounts.of(
            new AccountSettings(
                directory.resolve("state"), directory, "ghut", Naming.ID, isolation),
            new NoProvisioner());
    HttpServer listening =
        new HttpServer(
            settings,
            limits,
            "1.2.3",
            new Authenticator(Optional.of(new BearerToken(KEY)), Optional.empty()),
            new Services(
                accounts,
                sessions,
                new WorkingDirectories(Duration.ofDays(1)),
                new Isolation(
                    accounts,
                    AccountBounds.of(Path.of("none")),
                    sessions,
                    new IsolationSettings(Path.of("none"), 1, Path.of("none"), Set.of())),
                started,
                FileServices.of(
                    sessions,
                    new Documents(
                        Path.of("java"), Path.of("none"), Optional.empty(), Optional.empty())),
                new Services.Features(
                    Optional.empty(),
                    Optional.of(notebooks(sessions)),
                    new Skills(sessions, Path.of("/none"), memory),
                    new Patches(sessions),
                    Ports.of(sessions))),
            memory);
    listening.start();
    executions = Optional.of(started);
    server = Optional.of(listening);
  }

  /** Notebooks of a server on which nothing that they need is installed. */
  private static Notebooks notebooks(Sessions sessions) {
    return new Notebooks(
        new NotebookSettings(true, Duration.ofSeconds(1), Duration.ofMinutes(30)),
        false,
        Path.of("none"),
        sessions,
        Clock.systemUTC());
  }

  private static Command run(CommandLine commandLine) {
    return switch (commandLine.text()) {
      case "bug" -> throw new IllegalStateException(SECRET);
      case "no sshd" ->
          throw new SessionException(
              Reason.UNREACHABLE, "sshd does not answer", new IOException(SECRET));
      case "no folder" -> new FakeCommand().cannotEnterItsDirectory();
      case "full" -> throw new SessionException(Reason.CHANNEL_REFUSED, "no further channel");
      default -> new FakeCommand().begins().prints("hello").ends(0);
    };
  }

  /** An account exists as soon as it is asked for. */
  private final class NoProvisioner implements Provisioner {
    @Override
    public void provision(Account account, AccountKeyPair key, Role role) {
      provisioned.add(account);
    }

    @Override
    public void restore(List<Account> accounts) {}

    @Override
    public void disable(Account account) {}

    @Override
    public void enable(Account account) {}

    @Override
    public void apply(Account account) {}

    @Override
    public void prepareToEnd() {}

    @Override
    public void end(Account account) {}

    @Override
    public boolean endIfLeft(Account account) {
      return true;
    }
  }

  private HttpRequest.Builder request(String path) {
    int port = server.orElseThrow().port();
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(20));
  }

  private HttpRequest.Builder asAlice(String path) {
    return request(path).header("Authorization", "Bearer " + KEY).header("X-User-Id", "alice");
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException | InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private HttpResponse<String> execute(String body) {
    return send(asAlice("/execute?wait=10").POST(BodyPublishers.ofString(body)));
  }

  private static JsonNode json(HttpResponse<String> response) {
    try {
      return JSON.readTree(response.body());
    } catch (IOException failure) {
      throw new IllegalStateException(response.body(), failure);
    }
  }

  private static String detail(HttpResponse<String> response) {
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    return json(response).path("detail").asText();
  }

  private static void eventually(BooleanSupplier holds) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** The body of a command, with so many additional bytes. */
  private HttpResponse<String> commandWith(int bytes, String user) {
    String body = "{\"command\": \"true\", \"unknown\": \"" + "x".repeat(bytes) + "\"}";
    return send(
        request("/execute?wait=10")
            .header("Authorization", "Bearer " + KEY)
            .header("X-User-Id", user)
            .POST(BodyPublishers.ofString(body)));
  }

  /** The budget here is 8 MB for all and 4 MB for each. */
  @ParameterizedTest
  @ValueSource(
      strings = {"Content-Length: 3000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n2dc6c0\r\n"})
  void refusesWhatAUserHoldsTooMuchOfAndNobodyElse(String framing) throws Exception {
    start(settings(List.of(), true, "", 10_000_000), true);
    try (Socket stalled =
        new Socket(InetAddress.getLoopbackAddress(), server.orElseThrow().port())) {
      String header =
          "POST /files/write HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
              + KEY
              + "\r\nX-User-Id: alice\r\n"
              + framing;
      stalled.getOutputStream().write((header + " ".repeat(2_900_000)).getBytes(US_ASCII));
      eventually(() -> memory.taken() > 2_800_000);

      HttpResponse<String> refused = commandWith(2_000_000, "alice");
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(detail(refused))
          .startsWith("Your requests, commands and terminals take 2 MB of this server's memory")
          .contains("you may have 4 MB at a time. Wait until some of them have ended");
      assertThat(commandWith(100, "alice").statusCode()).isEqualTo(200);
      assertThat(commandWith(2_000_000, "bob").statusCode()).isEqualTo(200);
      HttpResponse<String> tooLarge = commandWith(5_000_000, "bob");
      assertThat(tooLarge.statusCode()).isEqualTo(413);
      assertThat(detail(tooLarge)).contains("more than the 4 MB of this server's memory");
    }
    eventually(() -> memory.taken() == 0);
    assertThat(commandWith(2_000_000, "alice").statusCode()).isEqualTo(200);
  }

  @Test
  void refusesMoreRequestsOfAUserAtATimeThanThereMayBe() throws Exception {
    start(settings(List.of(), true, "", 10_000_000), true);
    List<Socket> stalled = new ArrayList<>();
    try {
      boolean refused = false;
      while (!refused && stalled.size() < 100_000) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.orElseThrow().port());
        stalled.add(socket);
        socket
            .getOutputStream()
            .write(
                ("POST /execute HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
                        + KEY
                        + "\r\nX-User-Id: alice\r\nContent-Length: 10\r\n\r\n")
                    .getBytes(US_ASCII));
        refused = stalled.size() % 50 == 0 && commandWith(1, "alice").statusCode() == 429;
      }
      HttpResponse<String> answer = commandWith(1, "alice");
      assertThat(detail(answer)).contains("requests under way, the most there may be");
      assertThat(commandWith(1, "bob").statusCode()).isEqualTo(200);
    } finally {
      for (Socket socket : stalled) {
        socket.close();
      }
    }
    eventually(() -> commandWith(1, "alice").statusCode() == 200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/health",
        "/health/",
        "/api/config",
        "/api/config/",
        "/openapi.json",
        "/docs",
        "/docs/"
      })
  void answersWhatIsPublicWithoutCredentials(String path) {
    start();
    assertThat(send(request(path)).statusCode()).isEqualTo(200);
    assertThat(send(request(path).header("Authorization", "Bearer wrong")).statusCode())
        .isEqualTo(200);
  }

  /** An address with a host would lead to Gatehouse itself, past the proxy of Open WebUI. */
  @ParameterizedTest
  @CsvSource({"/redoc,docs", "/redoc/,../docs"})
  void leadsFromTheSecondPageOfTheApiToTheFirst(String path, String location) {
    start();
    HttpResponse<String> answer = send(request(path));
    assertThat(answer.statusCode()).isEqualTo(307);
    assertThat(answer.headers().firstValue("Location")).contains(location);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/execute",
    "POST,/execute",
    "GET,/execute/x/status",
    "POST,/execute/x/input",
    "DELETE,/execute/x",
    "GET,/files/cwd",
    "POST,/files/cwd",
    "GET,/system",
    "GET,/info",
    "GET,/ports",
    "GET,/skills",
    "GET,/skills/read?name=x",
    "GET,/skills/x",
    "POST,/notebooks",
    "POST,/notebooks/x/execute",
    "GET,/notebooks/x",
    "DELETE,/notebooks/x",
    "GET,/proxy/3000/",
    "POST,/proxy/3000/x/y",
    "GET,/nothing/here",
    "DELETE,/",
    "PUT,/execute",
    "GET,//execute",
    "GET,/health/../execute",
    "GET,/%65xecute",
    "GET,/docs/../execute",
  })
  void answersNothingElse(String method, String path) {
    start(settings(List.of(), true, "an info"), true);
    for (String authorization : List.of("", "Bearer wrong", "Basic " + KEY, KEY, "Bearer")) {
      HttpRequest.Builder request = request(path).method(method, BodyPublishers.noBody());
      HttpResponse<String> response =
          send(authorization.isEmpty() ? request : request.header("Authorization", authorization));
      assertThat(response.statusCode()).as(method + " " + path).isIn(400, 401);
      assertThat(response.body()).doesNotContain(KEY, "hello", "an info");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/health",
        "/api/config",
        "/openapi.json",
        "/docs",
        "/files/cwd",
        "/system",
        "/info",
        "/execute",
        "/execute/none/status",
        "/api/v1/policies",
        "/nothing/here"
      })
  void answersHeadAsGetWithoutTheBody(String path) {
    start(settings(List.of(), true, "an info"), true);
    HttpResponse<String> get = send(asAlice(path));
    HttpResponse<String> head = send(asAlice(path).HEAD());
    assertThat(head.statusCode()).isEqualTo(get.statusCode());
    assertThat(head.body()).isEmpty();
    for (String header : List.of("Content-Type", "X-Content-Type-Options")) {
      assertThat(head.headers().firstValue(header)).isEqualTo(get.headers().firstValue(header));
    }
    // If the body is made while it is sent, the answer to HEAD may leave its length out.
    head.headers()
        .firstValue("Content-Length")
        .ifPresent(
            length -> assertThat(get.headers().firstValue("Content-Length")).contains(length));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/execute",
        "/execute/x/status",
        "/files/view?path=missing",
        "/files/serve/missing",
        "/files/grep?query=x",
        "/files/write",
        "/files/cwd",
        "/system",
        "/isolation",
        "/nothing/here"
      })
  void tellsHeadNothingWithoutCredentials(String path) {
    start();
    assertThat(send(request(path).HEAD()).statusCode()).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HEAD | /files/write | POST",
        "HEAD | /files/delete | DELETE",
        "HEAD | /files/grep?query=x | GET",
        "HEAD | /files/matches?query=x | GET",
        "PUT | /files/cwd | GET, HEAD, POST",
        "GET | /files/write | POST",
        "PATCH | /execute | GET, HEAD, POST",
      })
  void tellsWhichMethodsThereAre(String method, String path, String allowed) {
    start();
    HttpResponse<String> response = send(asAlice(path).method(method, BodyPublishers.noBody()));
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow").orElse("").split(", "))
        .containsExactlyInAnyOrder(allowed.split(", "));
    HttpResponse<String> stranger = send(request(path).method(method, BodyPublishers.noBody()));
    assertThat(stranger.statusCode()).isEqualTo(401);
    assertThat(stranger.headers().firstValue("Allow")).isEmpty();
  }

  @Test
  void needsAUserForEverythingThatTouchesAnAccount() {
    start();
    for (String path : List.of("/execute", "/files/cwd", "/execute/x/status")) {
      HttpResponse<String> response = send(request(path).header("Authorization", "Bearer " + KEY));
      assertThat(response.statusCode()).as(path).isEqualTo(401);
      assertThat(detail(response)).contains("X-User-Id");
    }
    HttpResponse<String> system = send(request("/system").header("Authorization", "Bearer " + KEY));
    assertThat(system.statusCode()).isEqualTo(200);
    assertThat(json(system).path("prompt").asText()).isNotBlank();
  }

  @Test
  void needsNoUserWithoutIsolation() {
    start(settings(List.of(), true, ""), false);
    HttpResponse<String> response =
        send(request("/files/cwd").header("Authorization", "Bearer " + KEY));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(json(response).path("home").asText()).endsWith("/user");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Authorization", "X-User-Id"})
  void refusesWhoSaysTwiceWhoTheyAre(String header) {
    start();
    String again = header.equals("X-User-Id") ? "bob" : "Bearer " + KEY;
    HttpResponse<String> response = send(asAlice("/execute").header(header, again));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(detail(response)).isEqualTo(header + " was sent 2 times; send it once");
  }

  @Test
  void answersACommandInOpenTerminalsShape() {
    start();
    HttpResponse<String> response = execute("{\"command\": \"true\", \"unknown\": 1}");
    assertThat(response.statusCode()).isEqualTo(200);
    JsonNode answer = json(response);
    assertThat(answer.fieldNames())
        .toIterable()
        .containsExactly(
            "id",
            "command",
            "cwd",
            "status",
            "exit_code",
            "log_path",
            "output",
            "next_offset",
            "truncated");
    assertThat(answer.at("/output/0").toString())
        .isEqualTo("{\"type\":\"output\",\"data\":\"hello\"}");

    String path = "/execute/" + answer.path("id").asText();
    assertThat(send(asAlice(path + "/status/")).statusCode()).isEqualTo(200);
    HttpResponse<String> foreign =
        send(
            request(path + "/status")
                .header("Authorization", "Bearer " + KEY)
                .header("X-User-Id", "bob"));
    assertThat(foreign.statusCode()).isEqualTo(404);
    assertThat(detail(foreign)).isEqualTo("Process not found");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ | json_invalid",
        "[] | model_attributes_type",
        "{} | missing",
        "{\"command\": 7} | string_type",
        "{\"command\": \"true\", \"env\": {\"A B\": \"x\"}} | value_error",
      })
  void tellsWhatIsWrongWithABody(String body, String type) {
    start();
    HttpResponse<String> response = execute(body);
    assertThat(response.statusCode()).isEqualTo(422);
    assertThat(json(response).at("/detail/0/type").asText()).isEqualTo(type);
    assertThat(json(response).at("/detail/0/loc/0").asText()).isEqualTo("body");
  }

  @Test
  void tellsWhatIsWrongWithThePathOfAPage() {
    start();
    // The slash before the path counts too, and letters count in bytes.
    String longest = "ü".repeat(50) + "x".repeat(CommandLine.LONGEST_DIRECTORY - 1 - 100);
    for (String tooLong : List.of(longest + "x", "x".repeat(5000))) {
      HttpResponse<String> response = send(asAlice("/files/serve/" + Client.encode(tooLong)));
      assertThat(response.statusCode()).isEqualTo(422);
      assertThat(json(response).at("/detail/0/loc").toString()).isEqualTo("[\"path\",\"path\"]");
      assertThat(json(response).at("/detail/0/msg").asText())
          .isEqualTo("Value error, a path must have at most 4095 bytes");
    }
    for (String accepted : List.of("home/x", Client.encode(longest), "")) {
      assertThat(send(asAlice("/files/serve/" + accepted)).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void refusesABodyThatIsTooLargeHoweverItComes() {
    start();
    byte[] large = ("{\"command\": \"" + "x".repeat(2000) + "\"}").getBytes(StandardCharsets.UTF_8);
    for (HttpRequest.BodyPublisher body :
        List.of(
            BodyPublishers.ofByteArray(large),
            BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(large)))) {
      HttpResponse<String> response = send(asAlice("/execute").POST(body));
      assertThat(response.statusCode()).isEqualTo(413);
      assertThat(detail(response))
          .isEqualTo(
              "the body of a request must have at most 1000 bytes; send a smaller one, or upload a"
                  + " file");
    }
  }

  @ParameterizedTest
  @CsvSource({"bug,500", "no sshd,503", "full,429"})
  void answersFailuresWithoutTheirInside(String command, int status) {
    start();
    HttpResponse<String> response = execute("{\"command\": \"" + command + "\"}");
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).doesNotContain(SECRET, "Exception", "at io.gatehouse");
    if (status == 500) {
      assertThat(detail(response)).matches(".* request id [0-9a-f]{16}");
    } else {
      assertThat(detail(response)).isNotBlank();
    }
  }

  @Test
  void answersOtherMethodsAndPathsInTheSameShape() {
    start();
    HttpResponse<String> method = send(asAlice("/execute").PUT(BodyPublishers.ofString("x")));
    assertThat(method.statusCode()).isEqualTo(405);
    assertThat(detail(method)).isNotBlank();
    HttpResponse<String> path = send(asAlice("/nothing/here"));
    assertThat(path.statusCode()).isEqualTo(404);
    assertThat(detail(path)).isEqualTo("Not Found");
    HttpResponse<String> policies = send(request("/api/v1/policies"));
    assertThat(policies.statusCode()).isEqualTo(404);
    assertThat(detail(policies)).isEqualTo("Not Found");
  }

  @Test
  void saysWhatItHas() {
    start(settings(List.of(), true, "Ask before you delete."), true);
    assertThat(json(send(request("/api/config"))).at("/features/system").asBoolean()).isTrue();
    assertThat(json(send(asAlice("/info"))).path("info").asText())
        .isEqualTo("Ask before you delete.");
    assertThat(json(send(request("/openapi.json"))).at("/paths/~1info/get").isMissingNode())
        .isFalse();
    assertThat(json(send(asAlice("/system"))).path("prompt").asText()).contains("ghutalice");
  }

  @Test
  void answersWhatIsToComeSoThatThePageReadsWell() {
    start();
    HttpResponse<String> ports = send(asAlice("/ports"));
    assertThat(ports.statusCode()).isEqualTo(200);
    assertThat(ports.body()).isEqualTo("{\"ports\":[]}");
    assertThat(ports.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(json(send(request("/api/config"))).at("/features/notebooks").asText())
        .isEqualTo("false");
  }

  /** Open WebUI would end the turn of a chat with an error. */
  @Test
  void listsNoSkillsWhereTheyCannotBeRead() {
    start();
    HttpResponse<String> skills = send(asAlice("/skills"));
    assertThat(skills.statusCode()).isEqualTo(200);
    assertThat(skills.body()).isEqualTo("[]");
    assertThat(skills.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(send(asAlice("/skills/read")).statusCode()).isEqualTo(422);
  }

  @Test
  void saysWhatToInstallForNotebooks() {
    start();
    HttpResponse<String> response =
        send(asAlice("/notebooks").POST(BodyPublishers.ofString("{\"path\": \"x.ipynb\"}")));
    assertThat(response.statusCode()).isEqualTo(501);
    assertThat(detail(response)).contains("install python3-zmq and python3-ipykernel");
  }

  @ParameterizedTest
  @CsvSource({
    "POST,/notebooks/0123456789ab/execute",
    "POST,/notebooks/0123456789ab/interrupt",
    "POST,/notebooks/0123456789ab/restart",
    "GET,/notebooks/0123456789ab",
    "DELETE,/notebooks/0123456789ab",
  })
  void knowsNoNotebookThatNobodyOpened(String method, String path) {
    start();
    HttpResponse<String> response =
        send(asAlice(path).method(method, BodyPublishers.ofString("{\"cell_index\": 0}")));
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(detail(response)).isEqualTo("Session not found");
  }

  @Test
  void opensNoAccountForWhatPanesPoll() {
    start();
    for (String path : List.of("/execute", "/ports", "/api/terminals")) {
      send(asAlice(path));
    }
    assertThat(provisioned).isEmpty();
  }

  /**
   * The requests that open panes, chat turns and the admin's page send all day long, and that are
   * refused.
   */
  @Test
  void logsNothingOfWhatIsRoutine() {
    start();
    execute("{\"command\": \"true\"}");
    try (LogCapture log = LogCapture.start()) {
      send(request("/system"));
      send(request("/execute"));
      send(request("/api/v1/policies"));
      send(asAlice("/files/read?path=AGENTS.md"));
      send(asAlice("/files/list?directory=%2Fhome%2Fghutalice%2Fsecret-name"));
      send(asAlice("/notebooks").POST(BodyPublishers.ofString("{}")));
      send(asAlice("/execute/20260101-000000-0123456789abcdef/status?wait=0"));
      send(asAlice("/no/such/path"));
      send(asAlice("/execute").PUT(BodyPublishers.noBody()));
      execute("{}");
      execute("{\"command\": \"no folder\", \"cwd\": \"secret-name\"}");
      assertThat(log.lines()).isEmpty();
    }
  }

  @Test
  void logsARefusalThatTellsOfAnAttackOrAFaultOnceAMinute() {
    start();
    execute("{\"command\": \"true\"}");
    try (LogCapture log = LogCapture.start()) {
      for (int i = 0; i < 30; i++) {
        send(request("/execute").header("Authorization", "Bearer wrong" + i));
        send(request("/files/x" + i).header("Authorization", "Basic " + i));
        send(asAlice("/execute").header("X-User-Id", "bob"));
        execute("{\"command\": \"full\"}");
        execute("{\"command\": \"no sshd\"}");
      }
      assertThat(log.lines())
          .containsExactlyInAnyOrder(
              "INFO a request -> 401 for 127.0.0.1: Invalid API key",
              "INFO a request -> 401 for 127.0.0.1: No API key: send Authorization: Bearer with"
                  + " the API key",
              "INFO GET /execute -> 400 for 127.0.0.1: X-User-Id was sent 2 times; send it once",
              "INFO POST /execute -> 429 for ghutalice: no further channel",
              "WARN POST /execute -> 503 for ghutalice: sshd does not answer");
    }
  }

  @Test
  void logsWhoAsksForTheCommandOfAnotherUserAndTellsThemNothing() {
    start();
    String path =
        "/execute/" + json(execute("{\"command\": \"true\"}")).path("id").asText() + "/status";
    try (LogCapture log = LogCapture.start()) {
      HttpResponse<String> foreign =
          send(
              request(path)
                  .header("Authorization", "Bearer " + KEY)
                  .header("X-User-Id", "3f2a-bob"));
      assertThat(foreign.statusCode()).isEqualTo(404);
      assertThat(detail(foreign)).isEqualTo("Process not found");
      assertThat(log.lines())
          .containsExactly(
              "INFO GET /execute/{process_id}/status -> 404 for user 3f2a-bob: asks for another"
                  + " user's command");
    }
  }

  /**
   * Even at the level DEBUG, neither the name of a user's file nor the text of a stranger gets into
   * the log.
   */
  @Test
  void logsNoPathAndNoLineBreakOfAClient() {
    start();
    try (LogCapture log = LogCapture.startWithDebug()) {
      send(asAlice("/files/serve/home/ghutalice/secret-name"));
      send(asAlice("/files/read?path=secret-name"));
      send(asAlice("/secret-name/x"));
      send(request("/secret-name%0AERROR%20forged"));
      execute("{\"command\": \"no folder\", \"cwd\": \"secret-name\"}");
      assertThat(log.lines())
          .filteredOn(line -> line.contains(" -> "))
          .hasSize(5)
          .noneMatch(line -> line.contains("secret-name") || line.contains("\n"));
    }
  }

  @Test
  void documentsEveryOperationThatModelsSee() {
    start(settings(List.of(), true, "an info"), true);
    List<String> ids = new ArrayList<>();
    json(send(request("/openapi.json")))
        .path("paths")
        .forEach(
            path -> path.forEach(operation -> ids.add(operation.path("operationId").asText())));
    // Without terminals there are no operations on them.
    assertThat(ids)
        .containsExactlyInAnyOrder(
            "list_processes",
            "run_command",
            "get_process_status",
            "send_process_input",
            "kill_process",
            "list_files",
            "read_file",
            "display_file",
            "write_file",
            "replace_file_content",
            "grep_search",
            "match_files",
            "search_files",
            "glob_search",
            "apply_patch",
            "get_environment",
            "get_info");
  }

  @Test
  void saysNothingOfWhatItHasNot() {
    start(settings(List.of(), false, ""), true);
    assertThat(json(send(request("/api/config"))).at("/features/system").asBoolean()).isFalse();
    assertThat(send(asAlice("/system")).statusCode()).isEqualTo(404);
    assertThat(send(asAlice("/info")).statusCode()).isEqualTo(404);
    assertThat(json(send(request("/openapi.json"))).at("/paths/~1info").isMissingNode()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "https://chat.example,https://chat.example,https://chat.example",
    "https://chat.example,https://evil.example,",
    "https://chat.example,https://chat.example.evil.example,",
    "https://chat.example,null,",
    "*,https://evil.example,*",
  })
  void letsPagesOfTheNamedOriginsCall(String allowed, String origin, String answered) {
    start(settings(List.of(allowed), true, ""), true);
    HttpResponse<String> preflight =
        send(
            request("/execute")
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "DELETE")
                .header(
                    "Access-Control-Request-Headers", "authorization, content-type, x-session-id"));
    HttpResponse<String> call = send(asAlice("/execute").header("Origin", origin));

    for (HttpResponse<String> response : List.of(preflight, call)) {
      assertThat(response.headers().firstValue("Access-Control-Allow-Origin"))
          .isEqualTo(Optional.ofNullable(answered));
      assertThat(response.headers().firstValue("Access-Control-Allow-Credentials")).isEmpty();
    }
    if (answered != null) {
      assertThat(preflight.statusCode()).isBetween(200, 204);
      assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
          .containsIgnoringCase("authorization")
          .containsIgnoringCase("x-session-id");
      assertThat(preflight.headers().firstValue("Access-Control-Allow-Methods").orElse(""))
          .contains("DELETE");
      assertThat(call.statusCode()).isEqualTo(200);
      assertThat(call.headers().firstValue("Access-Control-Expose-Headers").orElse(""))
          .contains("Content-Disposition");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "NOT HTTP,505",
    "GET / HTTP/1.1,400",
    "GET http://[ HTTP/1.1,400",
  })
  void answersWhatIsNoHttpInTheSameShape(String line, int status) throws IOException {
    start();
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), server.orElseThrow().port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write((line + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer)
          .startsWith("HTTP/1.1 " + status)
          .contains("application/json", "{\"detail\":")
          .doesNotContainIgnoringCase("jetty");
    }
  }
}
