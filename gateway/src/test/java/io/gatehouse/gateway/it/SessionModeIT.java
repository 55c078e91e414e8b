package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.OpenWebUi;
import io.gatehouse.gateway.support.RealSshd;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Tests users with Open WebUI tokens, in a new installation, where accounts are named by mail
 * addresses.
 */
final class SessionModeIT {

  private static RealSshd sshd;
  private static OpenWebUi openWebUi;
  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    sshd = RealSshd.start();
    openWebUi = OpenWebUi.start("127.0.0.1");
    gateway = RunningGateway.start(environment());
  }

  private static Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(sshd.environment());
    environment.put("OPEN_TERMINAL_HOST", "127.0.0.1");
    environment.put("OPEN_TERMINAL_PORT", "0");
    environment.put("OPEN_TERMINAL_OWUI_URL", "http://127.0.0.1:" + openWebUi.port());
    environment.put("OPEN_TERMINAL_API_KEY", "key-of-both-modes");
    environment.put("OPEN_TERMINAL_USER_ISOLATION", "true");
    environment.put("OPEN_TERMINAL_USER_PREFIX", RealSshd.ACCOUNT_PREFIX);
    return environment;
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(gateway, openWebUi, sshd);
  }

  private static Client withToken(String token) {
    return new Client(
        "http://127.0.0.1:" + gateway.port(),
        Map.of("Authorization", "Bearer " + token, "Cookie", "token=" + token));
  }

  @Test
  void namesAccountsByMailAndTellsTwoOfOneNameApart() {
    openWebUi.knows("token-1", "id-1", "Carol.Smith@one.example", "user");
    openWebUi.knows("sk-0123456789abcdef", "id-2", "carol.smith@two.example", "admin");
    assertThat(withToken("token-1").run("id -un").output()).isEqualTo("ghitcarol-smith\n");
    assertThat(withToken("sk-0123456789abcdef").run("id -un").output())
        .isEqualTo("ghitcarol-smith-2\n");
    assertThat(withToken("token-1").user("id-1").run("id -un").status()).isEqualTo(200);
  }

  @Test
  void refusesWhoIsNotWhoTheySay() {
    openWebUi.knows("token-3", "id-3", "dora@example.org", "user");
    openWebUi.knows("token-4", "id-4", "emil@example.org", "pending");
    Answer other = withToken("token-3").user("id-1").run("id");
    assertThat(other.status()).isEqualTo(403);
    assertThat(other.body()).doesNotContain("token-3");
    assertThat(withToken("token-4").run("id").status()).isEqualTo(403);
    assertThat(withToken("token-5").run("id").status()).isEqualTo(401);
    assertThat(withToken("token-5").get("/no/such/path").status()).isEqualTo(401);
    assertThat(withToken("token-3").get("/no/such/path").status()).isEqualTo(404);
    assertThat(RealSshd.run("getent", "passwd", "ghitemil")).isEmpty();
  }

  @Test
  void takesTheKeyBesideTokensButMakesNobodyAnotherUserByIt() {
    openWebUi.knows("token-12", "id-12", "mara@example.org", "user");
    assertThat(withToken("token-12").run("id -un").output()).isEqualTo("ghitmara\n");
    Client withKey = withToken("key-of-both-modes");
    int before = openWebUi.questions();
    assertThat(withKey.user("id-12").run("id -un").output()).isEqualTo("ghitmara\n");
    assertThat(withKey.run("id -un").status()).isEqualTo(401);
    assertThat(openWebUi.questions()).isEqualTo(before);
  }

  @Test
  void keepsAKnownUserWorkingWhileOpenWebUiForgets() {
    openWebUi.knows("token-6", "id-6", "finn@example.org", "user");
    assertThat(withToken("token-6").run("true").status()).isEqualTo(200);
    openWebUi.forgets("token-6");
    int before = openWebUi.questions();
    assertThat(withToken("token-6").run("true").status()).isEqualTo(200);
    assertThat(openWebUi.questions()).isEqualTo(before);
  }

  @Test
  void makesOneAccountOfManyFirstRequestsAndFiftyOfFifty() {
    openWebUi.knows("token-7", "id-7", "gwen@example.org", "user");
    int before = openWebUi.questions();
    List<CompletableFuture<Answer>> same =
        IntStream.range(0, 20).mapToObj(i -> withToken("token-7").runAsync("id -un")).toList();
    same.forEach(answer -> assertThat(answer.join().output()).isEqualTo("ghitgwen\n"));
    assertThat(openWebUi.questions() - before).isEqualTo(1);

    IntStream.range(0, 50)
        .forEach(i -> openWebUi.knows("crowd-" + i, "crowd-id-" + i, "h" + i + "@x.org", "user"));
    List<CompletableFuture<Answer>> crowd =
        IntStream.range(0, 50).mapToObj(i -> withToken("crowd-" + i).runAsync("id -un")).toList();
    for (int i = 0; i < 50; i++) {
      assertThat(crowd.get(i).join().output()).isEqualTo("ghith" + i + "\n");
    }
  }

  @Test
  void keepsUidsOverARestartAndMendsTheKeyFolder() {
    openWebUi.knows("token-8", "id-8", "iris@example.org", "user");
    String uid = withToken("token-8").run("id -u").output();
    withToken("token-8").run("rm -rf ~/.ssh; ln -s /etc ~/.ssh; echo kept > ~/file");

    gateway.close();
    RealSshd.run("userdel", "ghitiris");
    gateway = RunningGateway.start(environment());

    assertThat(RealSshd.run("id", "-u", "ghitiris")).isEqualTo(uid);
    Answer again = withToken("token-8").run("id -u; cat ~/file; stat -c '%F %a' ~/.ssh");
    assertThat(again.output()).isEqualTo(uid + "kept\ndirectory 700\n");
  }

  @Test
  void provisionsAgainWhenTheAccountWasRemovedBehindItsBack() {
    openWebUi.knows("token-9", "id-9", "jan@example.org", "user");
    assertThat(withToken("token-9").run("id -un").output()).isEqualTo("ghitjan\n");
    RealSshd.run("/bin/bash", "-c", "pkill -KILL -u ghitjan; sleep 0.2; userdel -f ghitjan");
    assertThat(withToken("token-9").run("id -un").output()).isEqualTo("ghitjan\n");
  }

  @Test
  void saysWhatIsInThePlaceOfAHome() {
    openWebUi.knows("token-10", "id-10", "kim@example.org", "user");
    RealSshd.run("mkdir", "/home/ghitkim");
    Answer refused = withToken("token-10").run("id");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.detail()).contains("/home/ghitkim", "uid 0");
    RealSshd.run("rmdir", "/home/ghitkim");
    assertThat(withToken("token-10").run("id -un").output()).isEqualTo("ghitkim\n");
  }

  @Test
  void answersWhatIsPublicWithoutCredentials() {
    Client nobody = new Client("http://127.0.0.1:" + gateway.port(), Map.of());
    for (String path :
        List.of("/health", "/api/config", "/openapi.json", "/docs", "/health/", "/docs/")) {
      assertThat(nobody.get(path).status()).as(path).isEqualTo(200);
    }
    assertThat(nobody.get("/api/config").json().at("/features/terminal").asBoolean()).isTrue();
    assertThat(nobody.get("/api/v1/policies").status()).isEqualTo(404);
    for (String path : List.of("/execute", "/system", "/files/cwd", "/", "/nothing")) {
      Answer refused = nobody.get(path);
      assertThat(refused.status()).as(path).isEqualTo(401);
      assertThat(refused.detail()).isNotEmpty();
    }
    assertThat(nobody.send("PUT", "/health", null).status()).isIn(401, 405);
  }

  @Test
  void takesHeadersFullOfCookies() {
    openWebUi.knows("token-11", "id-11", "lena@example.org", "user");
    Answer answer = withToken("token-11").with("Cookie", "a=" + "x".repeat(40_000)).run("echo ok");
    assertThat(answer.output()).isEqualTo("ok\n");
  }
}
