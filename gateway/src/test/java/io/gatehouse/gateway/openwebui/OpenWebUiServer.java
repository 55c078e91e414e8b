package io.gatehouse.gateway.openwebui;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs the released Open WebUI in a process and a data folder of its own, on loopback. Its settings
 * make it call only the model and the terminal servers of the test.
 */
final class OpenWebUiServer implements AutoCloseable {

  /** The program, as {@code scripts/openwebui.bash} has installed it. */
  static final String PROGRAM_VARIABLE = "GATEHOUSE_OPENWEBUI";

  /** The secret with which this Open WebUI signs its users' tokens. */
  static final String SECRET = "a-secret-of-32-characters-for-tests";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration START_LIMIT = Duration.ofMinutes(3);

  /** The line that each worker logs when the database is filled. */
  private static final String STARTED = "Installing external dependencies of functions and tools";

  private static final int MOST_TRIES = 3;
  private static final Duration CALL_LIMIT = Duration.ofMinutes(1);

  /** The number of processes that answer requests. */
  static final String WORKERS = "UVICORN_WORKERS";

  private final Path folder;
  private final int port;
  private final Process process;
  private final HttpClient http =
      // Its server rejects a request that has a body and offers an upgrade to HTTP/2.
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Map<String, Account> accounts = new LinkedHashMap<>();

  /** A user of this Open WebUI. */
  record Account(String name, String id, String email, String token) {}

  private OpenWebUiServer(String model, Map<String, String> settings) throws IOException {
    folder = Files.createTempDirectory("gatehouse-openwebui-");
    port = freePort();
    List<String> command =
        List.of(
            Objects.requireNonNull(System.getenv(PROGRAM_VARIABLE)),
            "serve",
            "--host",
            "127.0.0.1",
            "--port",
            Integer.toString(port));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().putAll(environment(model));
    builder.environment().putAll(settings);
    process =
        builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
  }

  /**
   * Starts it and makes its first user, who is its admin.
   *
   * @param model the address of an API like OpenAI's
   * @param settings more variables of its environment
   */
  static OpenWebUiServer start(String model, Map<String, String> settings) {
    for (int tries = 1; ; tries++) {
      OpenWebUiServer server = begin(model, settings);
      try {
        server.awaitStart(Integer.parseInt(settings.getOrDefault(WORKERS, "1")));
        server.signUpAdmin();
        return server;
      } catch (RuntimeException failure) {
        server.close();
        // Two workers that find a new database both fill it, and now and then that ends both.
        if (tries == MOST_TRIES) {
          throw failure;
        }
      }
    }
  }

  private static OpenWebUiServer begin(String model, Map<String, String> settings) {
    try {
      return new OpenWebUiServer(model, settings);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private Map<String, String> environment(String model) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("DATA_DIR", folder.toString());
    environment.put("WEBUI_SECRET_KEY", SECRET);
    environment.put("WEBUI_URL", address());
    // The package without the libraries for embeddings, speech and cloud storage.
    environment.put("USE_SLIM_DOCKER", "true");
    // The server must not call hosts outside.
    environment.put("OFFLINE_MODE", "true");
    environment.put("ENABLE_VERSION_UPDATE_CHECK", "false");
    environment.put("DO_NOT_TRACK", "true");
    environment.put("SCARF_NO_ANALYTICS", "true");
    environment.put("ANONYMIZED_TELEMETRY", "false");
    environment.put("ENABLE_OLLAMA_API", "false");
    environment.put("ENABLE_COMMUNITY_SHARING", "false");
    environment.put("RAG_EMBEDDING_ENGINE", "openai");
    environment.put("AUDIO_STT_ENGINE", "openai");
    environment.put("OPENAI_API_BASE_URL", model + "/v1");
    environment.put("OPENAI_API_BASE_URLS", model + "/v1");
    environment.put("OPENAI_API_KEY", "none");
    environment.put("OPENAI_API_KEYS", "none");
    // The model is asked for what the test types, and for nothing else.
    environment.put("ENABLE_TITLE_GENERATION", "false");
    environment.put("ENABLE_TAGS_GENERATION", "false");
    environment.put("ENABLE_FOLLOW_UP_GENERATION", "false");
    environment.put("ENABLE_AUTOCOMPLETE_GENERATION", "false");
    environment.put("ENABLE_EVALUATION_ARENA_MODELS", "false");
    environment.put("BYPASS_MODEL_ACCESS_CONTROL", "true");
    environment.put("ENABLE_API_KEYS", "true");
    environment.put("CORS_ALLOW_ORIGIN", "*");
    environment.put("GLOBAL_LOG_LEVEL", "INFO");
    return environment;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Waits until the server answers and all of its workers have started. */
  private void awaitStart(int workers) {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (System.nanoTime() < deadline && process.isAlive()) {
      try {
        if (started() >= workers && send("GET", "/api/config", "", null).statusCode() == 200) {
          return;
        }
        pause();
      } catch (UncheckedIOException notYet) {
        pause();
      }
    }
    throw new IllegalStateException("Open WebUI does not start:\n" + log());
  }

  private long started() {
    return log().lines().filter(line -> line.contains(STARTED)).count();
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(200);
    } catch (InterruptedException interruption) {
      throw new IllegalStateException(interruption);
    }
  }

  /** The output of the server so far. */
  String log() {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (IOException failure) {
      return failure.toString();
    }
  }

  String address() {
    return "http://127.0.0.1:" + port;
  }

  int port() {
    return port;
  }

  // --- Its people

  private static String password(String name) {
    return "Passw0rd!" + name;
  }

  private static String email(String name) {
    return name + "@example.org";
  }

  private void signUpAdmin() {
    JsonNode answer =
        call(
            "POST",
            "/api/v1/auths/signup",
            "",
            object("name", "admin", "email", email("admin"), "password", password("admin")));
    keep("admin", answer);
  }

  private void keep(String name, JsonNode signedIn) {
    accounts.put(
        name,
        new Account(
            name, signedIn.path("id").asText(), email(name), signedIn.path("token").asText()));
  }

  /** Makes a user of this name, and signs in as that user. */
  Account addUser(String name) {
    var unused =
        call(
            "POST",
            "/api/v1/auths/add",
            token("admin"),
            object("name", name, "email", email(name), "password", password(name), "role", "user"));
    return signIn(name);
  }

  /** Signs in again; the account has another token afterwards. */
  Account signIn(String name) {
    keep(
        name,
        call(
            "POST",
            "/api/v1/auths/signin",
            "",
            object("email", email(name), "password", password(name))));
    showNoNews(name);
    return account(name);
  }

  /** Gives this user's page this token. */
  void useToken(String name, String token) {
    Account account = account(name);
    accounts.put(name, new Account(name, account.id(), account.email(), token));
  }

  /** The page would open a window with what is new in this version. */
  private void showNoNews(String name) {
    ObjectNode ui = JSON.createObjectNode();
    ui.put("version", version()).put("showChangelog", false).put("showUpdateToast", false);
    ui.putArray("models").add(ToolCallingModel.NAME);
    setInterface(name, ui);
  }

  /** Sets the user's choices in the settings of the page. */
  void setInterface(String name, ObjectNode ui) {
    ObjectNode settings = JSON.createObjectNode();
    settings.set("ui", ui);
    var unused = call("POST", "/api/v1/users/user/settings/update", token(name), settings);
  }

  /** The user's choices in the settings of the page. */
  ObjectNode interfaceOf(String name) {
    JsonNode settings = call("GET", "/api/v1/users/user/settings", token(name), null);
    return (ObjectNode) settings.path("ui");
  }

  Account account(String name) {
    return Objects.requireNonNull(accounts.get(name), name);
  }

  String token(String name) {
    return account(name).token();
  }

  /** Makes an API key for this user, as the page for the own account does. */
  String apiKey(String name) {
    return call("POST", "/api/v1/auths/api_key", token(name), JSON.createObjectNode())
        .path("api_key")
        .asText();
  }

  String version() {
    return call("GET", "/api/version", "", null).path("version").asText();
  }

  // --- Its terminal connections

  /** A connection as the admin's page saves it, open to everybody. */
  static ObjectNode connection(String id, String name, String url, String authType, String key) {
    ObjectNode connection = JSON.createObjectNode();
    connection.put("id", id).put("name", name).put("url", url).put("path", "/openapi.json");
    connection.put("auth_type", authType).put("key", key).put("enabled", true);
    connection.put("server_type", "terminal");
    grant(connection, "user", "*");
    return connection;
  }

  /** Lets this principal, and nobody else, use the connection. */
  static void grant(ObjectNode connection, String type, String id) {
    ObjectNode grant = JSON.createObjectNode();
    grant.put("principal_type", type).put("principal_id", id).put("permission", "read");
    connection.putObject("config").putArray("access_grants").add(grant);
  }

  /** Replaces all terminal connections. */
  void setConnections(ObjectNode... connections) {
    ObjectNode body = JSON.createObjectNode();
    ArrayNode list = body.putArray("TERMINAL_SERVER_CONNECTIONS");
    for (ObjectNode connection : connections) {
      list.add(connection);
    }
    var unused = call("POST", "/api/v1/configs/terminal_servers", token("admin"), body);
  }

  /** Calls the API of the terminal server as this user's page does, and returns the status. */
  int terminalStatus(String connection, String token, String path) {
    return send("GET", address(connection) + path, token, null).statusCode();
  }

  /** The address below which Open WebUI passes requests on to the terminal server. */
  static String address(String connection) {
    return "/api/v1/terminals/" + connection;
  }

  /** The home of this user's account on the terminal server of this connection. */
  Path home(String connection, String name) {
    return Path.of(
        call("GET", address(connection) + "/files/cwd", token(name), null).path("home").asText());
  }

  // --- Its API

  static ObjectNode object(String... namesAndValues) {
    ObjectNode object = JSON.createObjectNode();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return object;
  }

  /** Calls the API and returns the JSON of its answer, which has to be a success. */
  JsonNode call(String method, String path, String token, @Nullable JsonNode body) {
    HttpResponse<String> answer = send(method, path, token, body);
    if (answer.statusCode() >= 400) {
      throw new IllegalStateException(
          method + " " + path + " -> " + answer.statusCode() + ": " + answer.body());
    }
    try {
      return JSON.readTree(answer.body());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Calls the API and returns its answer, whatever that is. */
  HttpResponse<String> send(String method, String path, String token, @Nullable JsonNode body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address() + path))
            .timeout(CALL_LIMIT)
            .method(
                method,
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interruption) {
      throw new IllegalStateException(interruption);
    }
  }

  @Override
  public void close() {
    // The workers are child processes of the server.
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try (Stream<Path> files = Files.walk(folder)) {
      process.waitFor();
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interruption) {
      throw new IllegalStateException(interruption);
    }
  }
}
