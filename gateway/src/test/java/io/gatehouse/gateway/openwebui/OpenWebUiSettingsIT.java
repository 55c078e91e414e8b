package io.gatehouse.gateway.openwebui;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Frame;
import com.microsoft.playwright.FrameLocator;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.sun.net.httpserver.HttpServer;
import io.gatehouse.gateway.openwebui.OpenWebUiServer.Account;
import io.gatehouse.gateway.support.GatehouseImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.images.builder.Transferable;

/**
 * Tests the effect of an admin's settings in the real Open WebUI: connections, grants, keys,
 * automations, tokens that end. This Open WebUI has two workers with Redis between them, if Redis
 * is installed, and Gatehouse asks it about tokens below a path.
 */
@Tag("image")
@Tag("alone")
@Timeout(180)
@EnabledIfEnvironmentVariable(named = OpenWebUiServer.PROGRAM_VARIABLE, matches = ".+")
final class OpenWebUiSettingsIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PREFIX = "/chat";

  private static Redis redis;
  private static Installation installation;
  private static OpenWebUiServer openWebUi;

  @BeforeAll
  static void start() {
    redis = Redis.start();
    Map<String, String> settings = new HashMap<>(redis.settings());
    settings.put("ENABLE_AUTOMATIONS", "true");
    settings.put("USER_PERMISSIONS_FEATURES_AUTOMATIONS", "true");
    settings.put("USER_PERMISSIONS_FEATURES_API_KEYS", "true");
    installation =
        Installation.start(
            settings,
            Map.of(
                "OPEN_TERMINAL_TOKEN_RECHECK",
                "10",
                "GATEHOUSE_PREVIEW_SAME_ORIGIN",
                "true",
                "GATEHOUSE_OPENWEBUI_POLL",
                "10"),
            OpenWebUiSettingsIT::belowAPath);
    openWebUi = installation.openWebUi();
  }

  @AfterAll
  static void stop() {
    if (installation != null) {
      installation.close();
    }
    redis.close();
  }

  /**
   * A proxy as admins put in front of Open WebUI. It passes on paths that begin with the prefix,
   * without the prefix.
   */
  private static String belowAPath(int port, Deque<Installation.Part> parts) {
    HttpServer proxy;
    try {
      proxy =
          HttpServer.create(
              new InetSocketAddress(InetAddress.getByName(GatehouseImage.bridgeAddress()), 0), 0);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    proxy.createContext(
        PREFIX + "/",
        exchange -> {
          String path = exchange.getRequestURI().toString().substring(PREFIX.length());
          HttpRequest request =
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                  .header(
                      "Authorization",
                      Objects.requireNonNull(
                          exchange.getRequestHeaders().getFirst("Authorization")))
                  .build();
          try (exchange) {
            HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
            exchange.getResponseBody().write(answer.body());
          } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
          }
        });
    proxy.start();
    parts.push(() -> proxy.stop(0));
    return "http://" + GatehouseImage.bridgeAddress() + ":" + proxy.getAddress().getPort() + PREFIX;
  }

  private static int status(String user) {
    return openWebUi.terminalStatus(Installation.SESSION, openWebUi.token(user), "/files/cwd");
  }

  private static String idOf(String user) {
    return openWebUi.account(user).id();
  }

  // --- The admin's page

  /** The clicks that docs/how-to/connect-open-webui.md describes, and its pictures. */
  @Test
  void theAdminsPageMakesAConnectionThatEverybodyCanUse() {
    openWebUi.setConnections();
    try (Person admin = Person.open(openWebUi, "admin", 1200, 900)) {
      Page page = admin.page();
      admin.visit("/admin/settings/integrations");
      // The first of these buttons is for tool servers.
      page.getByLabel("Add Connection").nth(1).click();
      page.getByPlaceholder("My Terminal").fill("Gatehouse");
      page.locator("#terminal-url").fill(installation.wire().address());
      page.getByText("Advanced").last().click();
      page.locator("select")
          .filter(new Locator.FilterOptions().setHasText("Session"))
          .last()
          .selectOption("session");
      page.getByLabel("Verify Connection").click();
      admin.await("Verify", () -> String.join(" ", admin.toasts()), Pattern.compile("Connected"));
      // For the picture: the address as it is with the compose file.
      page.locator("#terminal-url").fill("http://gatehouse:8000");
      admin.screenshot("connection-dialog", 340, 170, 520, 560);
      page.locator("#terminal-url").fill(installation.wire().address());
      button(page, "Access").last().click();
      page.getByText("Private", new Page.GetByTextOptions().setExact(true)).last().click();
      page.getByText("Public", new Page.GetByTextOptions().setExact(true)).last().click();
      admin.screenshot("connection-access");
      page.getByLabel("Close").last().click();
      button(page, "Save").last().click();
      Locator enabled = page.locator("#terminal-0-control");
      enabled.waitFor();
      assertThat(connections()).isEmpty();
      enabled.click();
      admin.await("the list of users", () -> connections(), Pattern.compile("Gatehouse"));
      admin.screenshot("connection-list");
    }
    try (Person alice = Person.open(openWebUi, "alice")) {
      alice.pickTerminal("Gatehouse");
      alice.openShell();
      alice.enter(
          "mkdir -p notes data; echo 1,2 >data/sums.csv; echo Hello >plan.md; clear; id -un; ls");
      alice.awaitShell("plan.md");
      alice.refreshFiles();
      alice.screenshot("pane", 1149, 0, 351, 950);
    } finally {
      openWebUi.setConnections(installation.session(), installation.bearer());
    }
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  /** The names of the connections that alice may use. */
  private static String connections() {
    StringBuilder names = new StringBuilder();
    openWebUi
        .call("GET", "/api/v1/terminals/", openWebUi.token("alice"), null)
        .forEach(connection -> names.append(connection.path("name").asText()).append('\n'));
    return names.toString();
  }

  // --- Grants

  @Test
  void onlyWhomTheAdminGrantsItCanUseTheConnection() {
    String group = makeGroup("bob");
    try {
      assertAccess(
          connection -> ((ObjectNode) connection.path("config")).putArray("access_grants"),
          403,
          403);
      assertAccess(
          connection -> OpenWebUiServer.grant(connection, "user", idOf("alice")), 200, 403);
      assertAccess(connection -> OpenWebUiServer.grant(connection, "group", group), 403, 200);
      assertAccess(connection -> connection.put("enabled", false), 403, 403);
    } finally {
      openWebUi.setConnections(installation.session(), installation.bearer());
    }
    assertAccess(connection -> {}, 200, 200);
  }

  private static void assertAccess(
      java.util.function.Consumer<ObjectNode> change, int alice, int bob) {
    ObjectNode connection = installation.session();
    change.accept(connection);
    openWebUi.setConnections(connection, installation.bearer());
    assertThat(List.of(status("alice"), status("bob"))).containsExactly(alice, bob);
  }

  private static String makeGroup(String member) {
    String admin = openWebUi.token("admin");
    String id =
        openWebUi
            .call(
                "POST",
                "/api/v1/groups/create",
                admin,
                OpenWebUiServer.object("name", "terminal users", "description", "for a test"))
            .path("id")
            .asText();
    ObjectNode members = JSON.createObjectNode();
    members.putArray("user_ids").add(idOf(member));
    var unused = openWebUi.call("POST", "/api/v1/groups/id/" + id + "/users/add", admin, members);
    return id;
  }

  // --- Credentials

  @Test
  void anApiKeyOfOpenWebUiIsItsUsersCredential() {
    String key = openWebUi.apiKey("alice");
    assertThat(key).startsWith("sk-");
    JsonNode cwd =
        openWebUi.call(
            "GET", "/api/v1/terminals/" + Installation.SESSION + "/files/cwd", key, null);
    assertThat(cwd.path("home").asText())
        .isEqualTo(openWebUi.home(Installation.SESSION, "alice").toString());
  }

  @Test
  void aTokenThatExpiresEndsItsOpenShell() {
    Account bob = openWebUi.account("bob");
    String shortLived = expiring(bob.token(), Instant.now().plusSeconds(25));
    openWebUi.useToken("bob", shortLived);
    try (Person person = Person.open(openWebUi, "bob")) {
      person.pickTerminal(Installation.SESSION_NAME);
      person.openShell();
      person.enter("echo open-$((40 + 2))");
      person.awaitShell("open-42$");
      person.await(
          "the shell of an expired token",
          () -> person.page().url() + person.text() + person.shell(),
          Pattern.compile("(?i)closed|/auth|signed out|sign in"));
      person.screenshot("expired");
      assertThat(openWebUi.terminalStatus(Installation.SESSION, shortLived, "/files/cwd"))
          .isEqualTo(401);
    } finally {
      openWebUi.useToken("bob", bob.token());
    }
  }

  /**
   * Returns a token of the same user with an expiry time, signed with Open WebUI's secret. It has
   * an id of its own, because a page signs out shortly before the expiry, and Open WebUI then
   * refuses all tokens with the id.
   */
  private static String expiring(String token, Instant end) {
    String[] parts = token.split("\\.", -1);
    try {
      ObjectNode claims = (ObjectNode) JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
      claims.put("exp", end.getEpochSecond()).put("jti", UUID.randomUUID().toString());
      Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
      String signed =
          parts[0]
              + "."
              + encoder.encodeToString(claims.toString().getBytes(StandardCharsets.UTF_8));
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(
          new SecretKeySpec(OpenWebUiServer.SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return signed
          + "."
          + encoder.encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException | GeneralSecurityException failure) {
      throw new IllegalStateException(failure);
    }
  }

  // --- The end of an account

  @Test
  void whomTheAdminDemotesOrDeletesHasNoAccountAnyMore() {
    openWebUi.addUser("carol");
    assertThat(status("carol")).isEqualTo(200);
    String account = openWebUi.home(Installation.SESSION, "carol").getFileName().toString();
    assertThat(standing(account)).isEqualTo("enabled -");

    setRole("carol", "pending");
    awaitStanding(account, "disabled open-webui");
    setRole("carol", "user");
    awaitStanding(account, "enabled -");
    assertThat(status("carol")).isEqualTo(200);

    var unused =
        openWebUi.call("DELETE", "/api/v1/users/" + idOf("carol"), openWebUi.token("admin"), null);
    awaitStanding(account, "disabled open-webui");
    // Nobody else is affected.
    assertThat(List.of(status("alice"), status("bob"))).containsExactly(200, 200);
  }

  private static void setRole(String user, String role) {
    Account account = openWebUi.account(user);
    var unused =
        openWebUi.call(
            "POST",
            "/api/v1/users/" + account.id() + "/update",
            openWebUi.token("admin"),
            OpenWebUiServer.object("role", role, "name", user, "email", account.email()));
  }

  /** The output of the admin's command in the container. */
  private static String standing(String account) {
    String list =
        GatehouseImage.runAsRoot(installation.gatehouse(), "gatehouse", "users", "list")
            .getStdout();
    return list.lines()
        .map(line -> line.split(" +"))
        .filter(words -> words[0].equals(account))
        .map(words -> words[2] + " " + words[3])
        .findFirst()
        .orElse(list);
  }

  private static void awaitStanding(String account, String expected) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    String found = standing(account);
    while (!found.equals(expected)) {
      assertThat(System.nanoTime()).as(found + ", not " + expected).isLessThan(end);
      found = standing(account);
    }
  }

  // --- Automations, direct connections, other screens

  @Test
  void anAutomationRunsCommandsAsItsUser() throws InterruptedException {
    String model = "model-with-a-terminal";
    makeModelWithTerminal(model);
    ObjectNode data = JSON.createObjectNode();
    String question = installation.model().nextQuestion();
    data.put(
        "prompt",
        question + "\ncall run_command {\"command\": \"echo by-$(id -u); pwd\", \"wait\": 5}");
    data.put("model_id", model);
    data.put("rrule", "RRULE:FREQ=DAILY;BYHOUR=3;BYMINUTE=0;BYSECOND=0");
    ObjectNode automation = JSON.createObjectNode().put("name", "nightly").put("is_active", true);
    automation.set("data", data);
    String token = openWebUi.token("alice");
    String id =
        openWebUi.call("POST", "/api/v1/automations/create", token, automation).path("id").asText();
    var unused =
        openWebUi.call(
            "POST", "/api/v1/automations/" + id + "/run", token, JSON.createObjectNode());
    String home = openWebUi.home(Installation.SESSION, "alice").toString();
    assertThat(installation.model().awaitAnswer(question).results().getFirst())
        .containsPattern("by-[1-9][0-9]{3,4}")
        .contains(home);
  }

  /** Automations use the terminal of their model, and no other. */
  private static void makeModelWithTerminal(String id) {
    makeModel(id, meta -> meta.put("terminalId", Installation.SESSION));
  }

  private static void makeModel(String id, Consumer<ObjectNode> meta) {
    ObjectNode model = JSON.createObjectNode();
    model.put("id", id).put("name", id).put("base_model_id", ToolCallingModel.NAME);
    model.put("is_active", true).putObject("params").put("function_calling", "native");
    meta.accept(model.putObject("meta"));
    var unused = openWebUi.call("POST", "/api/v1/models/create", openWebUi.token("admin"), model);
    // The page does so too before it shows its models.
    unused = openWebUi.call("GET", "/api/models", openWebUi.token("admin"), null);
  }

  /** The connections that docs/how-to/mcp.md describes: with the user's token, and with the key. */
  @Test
  void aModelHasTheToolsOfItsUserOverMcp() {
    ObjectNode withKey = mcpConnection("withkey", "bearer");
    withKey.put("key", installation.bearer().path("key").asText());
    withKey.putObject("headers").put("X-User-Id", "{{USER_ID}}").put("X-Session-Id", "{{CHAT_ID}}");
    ObjectNode body = JSON.createObjectNode();
    body.putArray("TOOL_SERVER_CONNECTIONS")
        .add(mcpConnection("withtoken", "session"))
        .add(withKey);
    String admin = openWebUi.token("admin");
    var unused = openWebUi.call("POST", "/api/v1/configs/tool_servers", admin, body);
    makeModel(
        "model-with-mcp",
        meta -> meta.putArray("toolIds").add("server:mcp:withtoken").add("server:mcp:withkey"));
    for (String user : List.of("alice", "bob")) {
      String home = openWebUi.home(Installation.SESSION, user).toString();
      try (Person person = Person.open(openWebUi, user)) {
        person.visit("/?models=model-with-mcp");
        var answered =
            person.ask(
                installation.model(),
                "call withtoken_run_command {\"command\": \"mkdir -p chat; pwd\", \"wait\": 5}",
                "call withkey_run_command {\"command\": \"pwd\", \"wait\": 5}",
                "call withtoken_read_file {\"path\": \"none\"}");
        assertThat(answered.tools()).contains("withtoken_apply_patch", "withkey_list_files");
        assertThat(answered.results().subList(0, 2)).allMatch(result -> result.contains(home));
        assertThat(answered.results().get(2)).contains("File not found");
      }
    }
  }

  /** A connection of Open WebUI's to tools over MCP, which everybody may use. */
  private static ObjectNode mcpConnection(String id, String authType) {
    ObjectNode connection = JSON.createObjectNode();
    connection.put("url", installation.wire().address() + "/mcp").put("path", "").put("key", "");
    connection.put("type", "mcp").put("auth_type", authType);
    connection.putObject("info").put("id", id).put("name", id).put("description", "");
    OpenWebUiServer.grant(connection, "user", "*");
    ((ObjectNode) connection.path("config")).put("enable", true);
    return connection;
  }

  /** A skill of the admin's and one that a model writes, as docs/how-to/skills.md describes. */
  @Test
  void aChatUsesTheSkillsOfTheAdminAndOfItsUser() {
    installation
        .gatehouse()
        .copyFileToContainer(
            Transferable.of(skill("team-style", "Begin with BLUE HERON.")),
            "/etc/gatehouse/skills/team-style/SKILL.md");
    for (String connection : List.of(Installation.SESSION_NAME, Installation.BEARER_NAME)) {
      for (String user : List.of("alice", "bob")) {
        String own = "skill-of-" + user;
        String file =
            OpenWebUiServer.object(
                    "path",
                    ".agents/skills/" + own + "/SKILL.md",
                    "content",
                    skill(own, "Sign as " + user + "."))
                .toString();
        try (Person person = Person.open(openWebUi, user)) {
          person.pickTerminal(connection);
          var written =
              person.ask(
                  installation.model(),
                  "call write_file " + file,
                  "call view_skill {\"id\": \"terminal:team-style\"}");
          assertThat(written.results().get(1)).contains("BLUE HERON");
          person.mentionSkill(own);
          person.screenshot("skill-" + user);
          var asked = person.ask(installation.model());
          assertThat(asked.messages().toString())
              .contains("Sign as " + user + ".", "How to write as team-style")
              .doesNotContain(user.equals("alice") ? "skill-of-bob" : "skill-of-alice");
        }
      }
    }
  }

  /** A page with files beside it, events, and a form whose answer redirects, as after a login. */
  @Test
  void thePaneShowsTheServersOfItsUserAndNoOthers() throws IOException {
    String program = Files.readString(Installation.RESOURCES.resolve("preview.py"));
    for (String connection : List.of(Installation.SESSION, Installation.BEARER)) {
      for (String user : List.of("alice", "bob")) {
        ObjectNode ui = openWebUi.interfaceOf(user);
        // Otherwise the page has no origin, and a browser asks for its files and sends its form
        // without Open WebUI's cookie.
        openWebUi.setInterface(user, ui.deepCopy().put("terminalPreviewAllowSameOrigin", true));
        try {
          showServer(program, user, connection);
        } finally {
          openWebUi.setInterface(user, ui);
        }
      }
    }
  }

  /** Starts a server, or finds the one of an earlier visit, and looks at it in the pane. */
  private static void showServer(String program, String user, String connection) {
    boolean isAlice = user.equals("alice");
    int port = isAlice ? 8765 : 8766;
    try (Person person = Person.open(openWebUi, user)) {
      person.pickTerminal(
          connection.equals(Installation.SESSION)
              ? Installation.SESSION_NAME
              : Installation.BEARER_NAME);
      String command = "python3 -c '%s' %d %s".formatted(program, port, user);
      var started =
          person.ask(
              installation.model(),
              "call run_command " + OpenWebUiServer.object("command", command));
      assertThat(started.results()).hasSize(1);
      Page page = person.page();
      // The number of ports may stand behind the word already.
      page.getByText(Pattern.compile("^\\s*Ports\\b")).first().click();
      String list = person.awaitFiles(":" + port + "\\s+python3");
      assertThat(list.lines().filter(line -> line.matches(":[0-9]+"))).containsExactly(":" + port);
      person.screenshot("ports-" + connection);
      page.getByText(":" + port, new Page.GetByTextOptions().setExact(true)).first().click();
      FrameLocator preview = page.frameLocator("iframe[src*='/proxy/" + port + "/']");
      preview.getByText("Server of " + user).waitFor();
      // The second picture has an absolute path, which leads to Open WebUI.
      preview.getByText("inline; module; rgb(1, 2, 3); 40; 0; data: one data: two").waitFor();
      person.screenshot("preview-" + connection);
      preview.getByText("Log in").click();
      preview.getByText("Welcome, " + user + ", with cookie None").waitFor();
      person.screenshot("preview-after-login-" + connection);
    }
    String other = openWebUi.token(isAlice ? "bob" : "alice");
    assertThat(openWebUi.terminalStatus(connection, other, "/proxy/" + port + "/")).isEqualTo(404);
  }

  private static String skill(String name, String text) {
    return "---\nname: "
        + name
        + "\ndescription: How to write as "
        + name
        + "\n---\n"
        + text
        + "\n";
  }

  @Test
  void aDirectConnectionWithTheUsersOwnTokenIsThatUsers() {
    String admin = openWebUi.token("admin");
    ObjectNode direct = JSON.createObjectNode().put("ENABLE_DIRECT_CONNECTIONS", true);
    direct.put("ENABLE_DIRECT_INTEGRATIONS", true).put("ENABLE_BASE_MODELS_CACHE", false);
    var unused = openWebUi.call("POST", "/api/v1/configs/connections", admin, direct);
    JsonNode permissions = openWebUi.call("GET", "/api/v1/users/default/permissions", admin, null);
    ((ObjectNode) permissions.path("features")).put("direct_tool_servers", true);
    unused = openWebUi.call("POST", "/api/v1/users/default/permissions", admin, permissions);
    ObjectNode ui = openWebUi.interfaceOf("alice");
    ObjectNode own = ui.deepCopy();
    own.putArray("terminalServers")
        .addObject()
        .put("url", installation.wire().address())
        .put("key", openWebUi.token("alice"))
        .put("name", "My own")
        .put("auth_type", "bearer")
        .put("path", "/openapi.json")
        .put("enabled", true);
    openWebUi.setInterface("alice", own);
    try (Person person = Person.open(openWebUi, "alice")) {
      person.pickTerminal("My own");
      person.openShell();
      person.enter("echo direct-$((40 + 2)); pwd");
      String home = openWebUi.home(Installation.SESSION, "alice").toString();
      person.awaitShell("direct-42\n" + home);
      var answered =
          person.ask(installation.model(), "call run_command {\"command\": \"pwd\", \"wait\": 5}");
      assertThat(answered.results().getFirst()).contains(home);
    } finally {
      openWebUi.setInterface("alice", ui);
    }
  }

  /** The picture lies beside the page, and Open WebUI serves it to its own origin only. */
  @Test
  void aPreviewHasItsPicturesWhereAdminAndUserAllowTheOrigin(@TempDir Path fixtures) {
    Installation.makeFixtures(fixtures);
    List<Path> files = List.of(fixtures.resolve("page.html"), fixtures.resolve("pic.png"));
    assertThat(pictureWidth(files)).isZero();
    ObjectNode ui = openWebUi.interfaceOf("bob");
    try {
      openWebUi.setInterface("bob", ui.deepCopy().put("iframeSandboxAllowSameOrigin", true));
      assertThat(pictureWidth(files)).isEqualTo(64);
    } finally {
      openWebUi.setInterface("bob", ui);
    }
  }

  private static int pictureWidth(List<Path> files) {
    try (Person person = Person.open(openWebUi, "bob")) {
      person.pickTerminal(Installation.BEARER_NAME);
      person.upload(files);
      person.awaitRow("page.html");
      person.awaitRow("pic.png");
      person.openFile("page.html");
      person.await("the preview", person::frames, Pattern.compile("script ran 42"));
      Frame preview =
          person.page().frames().stream()
              .filter(frame -> frame.url().contains("/files/serve/"))
              .findFirst()
              .orElseThrow();
      // The page has loaded the picture or given up.
      preview.waitForFunction("document.images[0].complete");
      return (int) preview.evaluate("document.images[0].naturalWidth");
    }
  }

  @Test
  void aTelephoneShowsFilesAndShell() {
    try (Person person = Person.open(openWebUi, "bob", 390, 844)) {
      person.chooseTerminal(Installation.SESSION_NAME);
      person.page().getByLabel("Controls").first().click();
      person.awaitFiles(openWebUi.home(Installation.SESSION, "bob").getFileName().toString());
      person.screenshot("telephone-files");
      person.openShell();
      person.enter("echo small-$((40 + 2))");
      person.awaitShell("small-42$");
      person.screenshot("telephone-shell");
    }
  }
}
