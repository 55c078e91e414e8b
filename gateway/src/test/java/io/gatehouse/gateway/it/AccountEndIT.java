package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.PlainSsh;
import io.gatehouse.gateway.support.RealSshd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests how an account ends, by root's command and by Open WebUI's list of users, with a real sshd.
 */
@Timeout(180)
final class AccountEndIT {

  private static final String KEY = "key-of-the-ends";
  private static final String ADMIN_KEY = "sk-of-an-admin";

  @TempDir static Path keys;

  private static RealSshd sshd;
  private static HttpServer openWebUi;
  private static RunningGateway gateway;

  /** Open WebUI's users: their roles by their ids. Each has the token {@code token-ID}. */
  private static final Map<String, String> ROLES = new ConcurrentHashMap<>();

  @BeforeAll
  static void start() throws IOException {
    sshd = RealSshd.start();
    ROLES.put("the-admin", "admin");
    openWebUi = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    openWebUi.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    openWebUi.createContext(
        "/api/v1/auths/",
        exchange -> {
          String id =
              exchange
                  .getRequestHeaders()
                  .getFirst("Authorization")
                  .replaceFirst("^Bearer token-", "");
          answer(exchange, ROLES.containsKey(id) ? 200 : 401, person(id));
        });
    openWebUi.createContext(
        "/api/v1/users/",
        exchange -> {
          boolean admin =
              ("Bearer " + ADMIN_KEY)
                  .equals(exchange.getRequestHeaders().getFirst("Authorization"));
          List<String> users = ROLES.keySet().stream().map(AccountEndIT::person).toList();
          answer(
              exchange,
              admin ? 200 : 401,
              "{\"users\": [" + String.join(",", users) + "], \"total\": " + users.size() + "}");
        });
    openWebUi.start();
    gateway = startedGateway();
  }

  private static String person(String id) {
    return "{\"id\": \"%s\", \"email\": \"%s@example.org\", \"role\": \"%s\"}"
        .formatted(id, id, ROLES.get(id));
  }

  private static void answer(com.sun.net.httpserver.HttpExchange exchange, int status, String body)
      throws IOException {
    try (exchange) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private static RunningGateway startedGateway() {
    Map<String, String> settings = new HashMap<>();
    settings.put("OPEN_TERMINAL_OWUI_URL", "http://127.0.0.1:" + openWebUi.getAddress().getPort());
    settings.put("GATEHOUSE_OPENWEBUI_ADMIN_KEY", ADMIN_KEY);
    settings.put("GATEHOUSE_OPENWEBUI_POLL", "10");
    return sshd.startGateway(KEY, settings);
  }

  @AfterAll
  static void stop() {
    if (gateway != null) {
      gateway.close();
    }
    if (openWebUi != null) {
      openWebUi.stop(0);
    }
    if (sshd != null) {
      sshd.close();
    }
  }

  private static Client named(String user) {
    return new Client(
        "http://127.0.0.1:" + gateway.port(),
        Map.of("Authorization", "Bearer " + KEY, "X-User-Id", user));
  }

  private static Client withToken(String user) {
    return new Client(
        "http://127.0.0.1:" + gateway.port(), Map.of("Authorization", "Bearer token-" + user));
  }

  /**
   * Runs the admin's command, as prepare has made it. In this test the gateway also runs as root.
   */
  private static String command(String... words) {
    RealSshd.run("chown", "-R", "gateway:gateway", sshd.state().resolve("registry").toString());
    List<String> command = new ArrayList<>(List.of(sshd.command().toString(), "users"));
    command.addAll(List.of(words));
    return RealSshd.run(command.toArray(String[]::new));
  }

  private static void makeKey(String user) {
    PlainSsh.makeKey(keys.resolve(user), user);
    PlainSsh.letIn(named(user), keys.resolve(user));
  }

  private static String ssh(String user, String account, String words) {
    return PlainSsh.run(keys.resolve(user), sshd.peoplePort(), account, words);
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(condition);
  }

  private static void assertRefused(Answer answer, String account) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(403);
    assertThat(answer.body()).contains(account).contains("administrator");
  }

  /** The gateway sees within a second what provision has written, which is listed at once. */
  private static void awaitRefusal(String user, String account) {
    await(() -> named(user).run("true").status() == 403);
    assertRefused(named(user).run("true"), account);
  }

  @Test
  void aDisabledAccountIsClosedByEveryDoorAndOpenAgainWhenEnabled() throws IOException {
    makeKey("adam");
    String account = named("adam").run("id -un").output().strip();
    assertThat(ssh("adam", account, "id -un")).isEqualTo(account + "\n");
    Answer execution = named("adam").run("echo kept");
    CompletableFuture<Answer> running = named("adam").runAsync("sleep 100");
    var left = named("adam").run("setsid -f sleep 100");
    assertThat(left.status()).isEqualTo(200);
    await(() -> RealSshd.run("pgrep", "-u", account, "sleep").lines().count() >= 2);

    assertThat(command("disable", account)).isEqualTo(account + " is disabled\n");

    assertThat(RealSshd.run("ps", "-o", "pid=", "-u", account)).isBlank();
    assertThat(running.orTimeout(30, java.util.concurrent.TimeUnit.SECONDS).join().status())
        .isLessThan(500);
    assertRefused(named("adam").run("true"), account);
    assertRefused(named("adam").get("/files/list?directory=."), account);
    assertRefused(named("adam").post("/api/terminals", Map.of()), account);
    // None of these commands needs a login.
    assertRefused(
        named("adam").get("/execute/" + execution.json().path("id").asText() + "/status"), account);
    assertThat(ssh("adam", account, "echo inside")).doesNotContain("inside");
    assertThat(command("list")).containsPattern(account + " +[0-9]+ +disabled +admin");

    // After a new start, for which prepare runs again, the account is still disabled.
    gateway.close();
    gateway = startedGateway();
    assertRefused(named("adam").run("true"), account);
    assertThat(ssh("adam", account, "echo inside")).doesNotContain("inside");

    assertThat(command("enable", "adam")).isEqualTo(account + " is enabled\n");
    await(() -> named("adam").run("true").status() == 200);
    assertThat(named("adam").run("id -un").output()).isEqualTo(account + "\n");
    assertThat(ssh("adam", account, "id -un")).isEqualTo(account + "\n");
  }

  @Test
  void aRemovedAccountLeavesItsUidToNobodyAndItsHomeAsAsked() throws IOException {
    List<String> uids = new ArrayList<>();
    for (String how : List.of("keep", "archive", "delete")) {
      String user = "remo" + how;
      String account = named(user).run("echo mine >file; id -un").output().strip();
      String uid = named(user).run("id -u").output().strip();
      uids.add(uid);
      String said = command("remove", account, "--" + how);
      assertThat(said)
          .contains(account + " is removed, and no other account gets its uid " + uid + "\n");
      Path home = Path.of("/home", account);
      assertThat(Files.exists(home)).isEqualTo(how.equals("keep"));
      assertThat(RealSshd.run("getent", "passwd", account)).isEmpty();
      assertRefused(named(user).run("true"), account);
      if (how.equals("archive")) {
        String archive = said.replaceFirst("(?s).*archived in (\\S+)\n.*", "$1");
        assertThat(RealSshd.run("tar", "-xOf", archive, "./file")).isEqualTo("mine\n");
      }
    }
    gateway.close();
    gateway = startedGateway();
    assertRefused(named("remokeep").run("true"), "remokeep");
    // The next user gets another account, even if the name would be the same.
    for (String user : List.of("remokeep-again", "remodele", "newcomer")) {
      assertThat(named(user).run("id -u").output().strip()).isNotIn(uids);
    }
    // The same user gets the same account again, with the home that was kept.
    for (String how : List.of("keep", "delete")) {
      assertThat(command("enable", "remo" + how)).contains("is enabled");
      await(() -> named("remo" + how).run("true").status() == 200);
      assertThat(uids).contains(named("remo" + how).run("id -u").output().strip());
    }
    assertThat(named("remokeep").run("cat file").output()).isEqualTo("mine\n");
    assertThat(named("remodelete").run("cat file").output()).doesNotContain("mine");
  }

  @Test
  void whomOpenWebUiHasAsPendingIsDisabledByTheFirstTokenAndEnabledByTheNext() {
    ROLES.put("petra", "user");
    String account = withToken("petra").run("id -un").output().strip();
    assertThat(account).endsWith("petra");
    ROLES.put("petra", "pending");
    // Accepted tokens are believed for a minute; the list is faster here.
    await(() -> RealSshd.run("ps", "-o", "pid=", "-u", account).isBlank());
    await(() -> command("list").matches("(?s).*" + account + " +[0-9]+ +disabled +open-webui.*"));
    awaitRefusal("petra", account);
    ROLES.put("petra", "user");
    await(() -> withToken("petra").run("true").status() == 200);
    assertThat(command("list")).containsPattern(account + " +[0-9]+ +enabled");
  }

  @Test
  void whoIsDeletedInOpenWebUiIsDisabledAndWhoNeverWasThereIsNot() {
    ROLES.put("viktor", "user");
    String account = withToken("viktor").run("id -un").output().strip();
    String script = named("script").run("id -un").output().strip();
    ROLES.remove("viktor");
    await(() -> command("list").matches("(?s).*" + account + " +[0-9]+ +disabled +open-webui.*"));
    awaitRefusal("viktor", account);
    assertThat(named("script").run("id -un").output().strip()).isEqualTo(script);
    assertThat(command("enable", account)).contains("is enabled");
    assertThat(command("disable", account)).contains("is disabled");
    // Open WebUI cannot enable an account that an admin disabled.
    ROLES.put("viktor", "user");
    assertThat(withToken("viktor").run("true").status()).isEqualTo(403);
    assertThat(command("list")).containsPattern(account + " +[0-9]+ +disabled +admin");
  }
}
