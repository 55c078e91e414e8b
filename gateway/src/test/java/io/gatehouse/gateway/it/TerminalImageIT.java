package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.GatehouseImage;
import io.gatehouse.gateway.support.OpenWebUi;
import io.gatehouse.gateway.support.OpenWebUiSocket;
import io.gatehouse.gateway.support.TerminalClient;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.testcontainers.containers.GenericContainer;

/**
 * Tests terminals of the image with the sockets of Open WebUI's releases, and without Open WebUI.
 */
@Tag("image")
@Timeout(180)
final class TerminalImageIT {

  private static final String VOLUME = "gatehouse-it-" + UUID.randomUUID();
  private static final String KEY = "terminal-key";

  private static OpenWebUi openWebUi;
  private static GenericContainer<?> container;

  @BeforeAll
  static void start() {
    openWebUi = OpenWebUi.start(GatehouseImage.bridgeAddress());
    openWebUi.knows("annas-jwt", "anna", "anna@example.org", "user");
    openWebUi.knows("bobs-jwt", "bobby", "bob@example.org", "user");
    container =
        GatehouseImage.start(
            VOLUME,
            Map.of(
                "OPEN_TERMINAL_OWUI_URL",
                "http://" + GatehouseImage.bridgeAddress() + ":" + openWebUi.port(),
                "OPEN_TERMINAL_API_KEY",
                KEY,
                "OPEN_TERMINAL_USER_ISOLATION",
                "true",
                "OPEN_TERMINAL_CORS_ALLOWED_ORIGINS",
                "https://chat.example"));
  }

  @AfterAll
  static void stop() {
    if (container != null) {
      container.stop();
      GatehouseImage.removeVolume(VOLUME);
    }
    if (openWebUi != null) {
      openWebUi.close();
    }
  }

  private static String base() {
    return GatehouseImage.address(container);
  }

  /** Opens a terminal as Open WebUI does, with the key or with the user's token. */
  private static Client client(OpenWebUiSocket manner, String token, String user, String chat) {
    String credential = manner.isByKey() ? KEY : token;
    return new Client(
        base(),
        Map.of("Authorization", "Bearer " + credential, "X-User-Id", user, "X-Session-Id", chat));
  }

  private static String open(Client client) {
    Answer answer = client.send("POST", "/api/terminals", null);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().path("id").asText();
  }

  @ParameterizedTest
  @EnumSource
  void worksAsOpenWebUiOpensIt(OpenWebUiSocket manner) throws Exception {
    String chat = "chat-" + manner;
    Client anna = client(manner, "annas-jwt", "anna", chat);
    byte[] paste = new byte[3_000_000];
    new Random(2).nextBytes(paste);
    String id = open(anna);
    String pid;

    // Another user of the same Open WebUI gets nowhere with this id.
    try (TerminalClient thief = manner.connect(base(), id, "bobby", chat, KEY, "bobs-jwt")) {
      thief.await("This terminal is not there, or not yours");
      thief.awaitClose();
    }
    try (TerminalClient terminal = manner.connect(base(), id, "anna", chat, KEY, "annas-jwt")) {
      assertThat(terminal.run("id -un; stty size")).isEqualTo("anna\n30 100\n");
      pid = terminal.run("echo $$");
      terminal.type("stty raw -echo; echo rea''dy; head -c 3000000 | sha256sum; stty sane\r");
      terminal.await("ready");
      terminal.type(paste);
      terminal.await(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(paste)));
      assertThat(terminal.run("head -c 3000000 /dev/zero | tr '\\0' x | fold -w 99").length())
          .isEqualTo(3_000_000 + 3_000_000 / 99);
      terminal.resize(80, 20);
      assertThat(terminal.run("stty size")).isEqualTo("20 80\n");
      assertThat(terminal.texts()).isEmpty();
    }
    String again = reopen(anna, pid.strip());
    try (TerminalClient terminal = manner.connect(base(), again, "anna", chat, KEY, "annas-jwt")) {
      assertThat(terminal.run("echo $$")).isEqualTo(pid);
      terminal.type("exit\r");
      terminal.awaitClose();
    }
  }

  /** Until the gateway knows that the page is gone, a new one would count as another tab. */
  private static String reopen(Client anna, String pid) throws InterruptedException {
    for (int i = 0; i < 100 && anna.get("/api/terminals/user/output").status() == 200; i++) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    String id = open(anna);
    assertThat(anna.get("/api/terminals/" + id).json().path("pid").asText()).isEqualTo(pid);
    return id;
  }

  /** A page that has the key talks to the server itself. */
  @Test
  void worksDirectly() {
    String base = GatehouseImage.address(container);
    Client page = new Client(base, Map.of("Authorization", "Bearer " + KEY, "X-User-Id", "anna"));
    String id = page.send("POST", "/api/terminals", null).json().path("id").asText();
    try (TerminalClient terminal =
        TerminalClient.connect(base, id, null, List.of("Origin", "https://chat.example"))
            .text("{\"type\":\"auth\",\"token\":\"" + KEY + "\",\"chat_id\":\"c\"}")
            .resize(100, 30)) {
      assertThat(terminal.run("id -un; stty size")).isEqualTo("anna\n30 100\n");
    }
    page.delete("/api/terminals/" + id);
  }

  @Test
  void hasAProperLoginOnItsTerminal() {
    Client anna = GatehouseImage.client(container, "annas-jwt");
    String id = anna.send("POST", "/api/terminals", null).json().path("id").asText();
    String base = GatehouseImage.address(container);
    try (TerminalClient terminal = TerminalClient.connect(base, id, "anna").auth("annas-jwt")) {
      assertThat(terminal.run("echo $TERM $LANG $HOME; tty"))
          .matches("xterm-256color C.UTF-8 /home/anna\n/dev/pts/[0-9]+\n");
      // The program who of Debian trixie asks systemd, which does not run here, unless it is given
      // a file.
      assertThat(terminal.run("who /run/utmp")).contains("anna");
      assertThat(terminal.run("for i in 1 2; do sleep 9 & done; jobs | wc -l; kill %1 %2"))
          .startsWith("[1]")
          .contains("\n2\n");
      assertThat(terminal.run("type vim htop less nano")).doesNotContain("not found");
    }
    anna.delete("/api/terminals/" + id);
  }
}
