package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.OpenWebUi;
import io.gatehouse.gateway.support.RealSshd;
import io.gatehouse.gateway.support.TerminalClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests who gets into a terminal, with tokens and with the key, in every way in which Open WebUI
 * opens it.
 */
@Timeout(120)
final class TerminalAccessIT {

  private static final String KEY = "key-s3cr3t";
  private static final String ORIGIN = "https://chat.example";

  /** Every refused socket shows this line and closes. Nothing shows the reason. */
  private static final String REFUSAL =
      "\r\n[This terminal is not there, or not yours. Open a new one.]\r\n";

  private static final int REFUSED = 4004;

  private static RealSshd sshd;
  private static OpenWebUi openWebUi;
  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    sshd = RealSshd.start();
    openWebUi = OpenWebUi.start("127.0.0.1");
    openWebUi.knows("anna-jwt", "anna", "anna@example.org", "user");
    openWebUi.knows("boss-jwt", "boss", "boss@example.org", "admin");
    openWebUi.knows("cara-jwt", "cara", "cara@example.org", "pending");
    gateway =
        sshd.startGateway(
            KEY,
            Map.of(
                "OPEN_TERMINAL_OWUI_URL",
                "http://127.0.0.1:" + openWebUi.port(),
                "OPEN_TERMINAL_CORS_ALLOWED_ORIGINS",
                ORIGIN,
                "OPEN_TERMINAL_DETACH_TTL",
                "2",
                "OPEN_TERMINAL_TOKEN_RECHECK",
                "1"));
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(gateway, openWebUi, sshd);
  }

  private static String base() {
    return "http://127.0.0.1:" + gateway.port();
  }

  private static Client byToken(String user) {
    return new Client(base(), Map.of("Authorization", "Bearer " + user + "-jwt"));
  }

  private static Client byKey(String user) {
    return new Client(base(), Map.of("Authorization", "Bearer " + KEY, "X-User-Id", user));
  }

  private static Client annas(String openedBy) {
    return openedBy.equals("token") ? byToken("anna") : byKey("anna");
  }

  private static String open(Client client) {
    Answer answer = client.send("POST", "/api/terminals", null);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().path("id").asText();
  }

  private static void assertRefused(TerminalClient socket) {
    assertThat(socket.awaitClose()).isEqualTo(REFUSED);
    assertThat(socket.output()).isEqualTo(REFUSAL);
    assertThat(socket.texts()).isEmpty();
  }

  /** Sends the first frame by its name in the table. The text after "=" is a token as JSON. */
  private static void sendFirst(TerminalClient socket, String frame) {
    switch (frame) {
      case "resize" -> socket.resize(90, 25);
      case "keys" -> socket.type("\r");
      case "ping" -> socket.text("{\"type\":\"ping\"}");
      case "no token" -> socket.text("{\"type\":\"auth\"}");
      case "empty twice" ->
          socket.text("{\"type\":\"auth\",\"token\":\"\",\"token\":\"\"}").auth("").auth("");
      default -> {
        if (frame.startsWith("= ")) {
          socket.text("{\"type\":\"auth\",\"token\":" + frame.substring(2) + "}");
        } else {
          socket.auth(frame);
        }
      }
    }
  }

  private static List<String> headers(@Nullable String cell) {
    List<String> headers = new ArrayList<>();
    for (String header :
        Optional.ofNullable(cell).map(all -> all.split(", ")).orElse(new String[0])) {
      String[] parts = header.split(":", 2);
      headers.add(parts[0]);
      headers.add(parts[1].replaceFirst("^ ", ""));
    }
    return headers;
  }

  /**
   * Runs the table of the modes. After a wrong socket was refused, the id is still good for the
   * right one, so no attacker can use it up by trying.
   */
  @ParameterizedTest(name = "opened by {0}, query {1}, headers {2}, first {3}: {4}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # opened | query      | headers                                     | first frame | outcome
          # bearer: Open WebUI sends the key, and names the user
          key      | anna       |                                             | key-s3cr3t  | in
          key      | anna       | X-User-Id: anna                             | key-s3cr3t  | in
          key      | anna       | X-User-Id: anna, X-Session-Id: chat         | key-s3cr3t  | in
          token    | anna       |                                             | key-s3cr3t  | in
          key      | bob        |                                             | key-s3cr3t  | refused
          key      | anna       | X-User-Id: bob                              | key-s3cr3t  | refused
          key      | bob        | X-User-Id: anna                             | key-s3cr3t  | refused
          key      | anna       | X-User-Id: anna, X-User-Id: bob             | key-s3cr3t  | refused
          key      | anna&user_id=bob |                                       | key-s3cr3t  | refused
          key      | anna       |                                             | wrong       | refused
          key      | anna       |                                             | key-s3cr3   | refused
          key      | anna       |                                             | ''          | refused
          key      | anna       | X-User-Id: anna, X-Session-Id: chat         | ''          | refused
          key      | anna       |                                             | '  '        | refused
          key      | anna       |                                             | no token    | refused
          key      | anna       |                                             | = null      | refused
          key      | anna       |                                             | = 1         | refused
          key      | anna       | Authorization:                              | ''          | refused
          key      | anna       | Authorization: Bearer                       | resize      | refused
          key      | anna       |                                             | resize      | refused
          key      | anna       | X-User-Id: anna                             | resize      | refused
          key      | anna       |                                             | keys        | refused
          # direct: the page sends the key and names nobody
          key      |            |                                             | key-s3cr3t  | in
          key      |            | Origin: https://chat.example                | key-s3cr3t  | in
          key      |            | Origin: https://evil.example                | key-s3cr3t  | refused
          key      |            | Origin: null                                | key-s3cr3t  | refused
          key      |            |                                             | wrong       | refused
          key      |            |                                             | resize      | refused
          # session: no credential; the id was given to a user whom a token proved
          token    | anna       |                                             | resize      | in
          token    | anna       |                                             | keys        | in
          token    | anna       |                                             | ping        | in
          token    | anna       | X-User-Id: anna                             | resize      | in
          token    |            | X-User-Id: anna                             | resize      | in
          token    | anna       | X-User-Id: bob                              | resize      | refused
          token    | bob        | X-User-Id: anna                             | resize      | refused
          token    | bob        |                                             | resize      | refused
          token    | Anna       |                                             | resize      | refused
          token    | anna&user_id=bob |                                       | resize      | refused
          token    |            |                                             | resize      | refused
          token    | ''         |                                             | resize      | refused
          token    | anna       | Origin: https://evil.example                | resize      | refused
          # session from 0.11.4 on: an auth frame without a token comes first, and says nothing
          token    | anna       | X-User-Id: anna, X-Session-Id: chat         | ''          | in
          token    | anna       | X-User-Id: anna, X-Session-Id:              | ''          | in
          token    | anna       |                                             | ''          | in
          token    |            | X-User-Id: anna                             | ''          | in
          token    | ''         | X-User-Id: anna                             | ''          | in
          token    | anna       | X-User-Id:                                  | ''          | in
          token    | anna       |                                             | '  '        | in
          token    | anna       |                                             | no token    | in
          token    | anna       |                                             | = null      | in
          token    | anna       |                                             | empty twice | in
          token    | anna       | Authorization:                              | ''          | in
          token    | anna       | Authorization: Bearer                       | ''          | in
          token    | anna       | Authorization: bearer                       | resize      | in
          token    | anna       | Authorization: Bearer anna-jwt              | ''          | in
          token    | boss       | X-User-Id: boss, X-Session-Id: chat         | ''          | refused
          token    | boss       |                                             | ''          | refused
          token    | anna       | X-User-Id: boss                             | ''          | refused
          token    | boss       | X-User-Id: anna                             | ''          | refused
          token    | anna&user_id=boss |                                      | ''          | refused
          token    | ' '        |                                             | ''          | refused
          token    |            |                                             | ''          | refused
          token    | ''         | X-User-Id:                                  | ''          | refused
          token    |            | X-Session-Id: chat                          | ''          | refused
          token    |            | Authorization: Bearer                       | ''          | refused
          token    | anna       | Authorization: Basic                        | ''          | refused
          token    | anna       | Authorization: Bearer boss-jwt              | ''          | refused
          token    | anna       | Authorization: , Authorization: Bearer wrong | ''         | refused
          token    | anna       | Origin: https://evil.example                | ''          | refused
          # a token that is no text is a wrong one
          token    | anna       |                                             | = 0         | refused
          token    | anna       |                                             | = false     | refused
          token    | anna       |                                             | = true      | refused
          token    | anna       |                                             | = {}        | refused
          token    | anna       |                                             | = []        | refused
          token    | anna       |                                             | = ["anna-jwt"] | refused
          token    | anna       |                                             | = {"token":"anna-jwt"} | refused
          token    | anna       |                                             | = "\\u00e4" | refused
          # orchestrator: Open WebUI passes the user's token on
          token    | anna       |                                             | anna-jwt    | in
          token    | anna       | X-User-Id: anna, X-Terminal-Context-Id: c   | anna-jwt    | in
          key      | anna       |                                             | anna-jwt    | in
          token    |            |                                             | anna-jwt    | in
          token    | anna       |                                             | boss-jwt    | refused
          token    | boss       |                                             | boss-jwt    | refused
          token    | anna       |                                             | cara-jwt    | refused
          token    | anna       |                                             | stale-jwt   | refused
          token    | bob        |                                             | anna-jwt    | refused
          token    | anna       | X-User-Id: bob                              | anna-jwt    | refused
          # scripts: credentials in the header, where a browser has none to give
          key      | anna       | Authorization: Bearer key-s3cr3t            | resize      | in
          key      |            | Authorization: Bearer anna-jwt              | resize      | in
          token    |            | Authorization: Bearer anna-jwt              | keys        | in
          token    | anna       | Authorization: Bearer boss-jwt              | resize      | refused
          token    | anna       | Authorization: Bearer boss-jwt              | anna-jwt    | refused
          token    | anna       | Authorization: Bearer anna-jwt              | boss-jwt    | refused
          token    | anna       | Authorization: Bearer wrong                 | resize      | refused
          token    | anna       | Authorization: Basic anna-jwt               | resize      | refused
          token    | anna       | Authorization: Bearer anna-jwt, Authorization: Bearer boss-jwt | resize | refused
          """)
  void letsInWhoseTerminalItIs(
      String openedBy,
      @Nullable String query,
      @Nullable String headers,
      String firstFrame,
      String outcome) {
    Client anna = annas(openedBy);
    String id = open(anna);
    String pid = anna.get("/api/terminals/" + id).json().path("pid").asText();
    try (TerminalClient socket = TerminalClient.connect(base(), id, query, headers(headers))) {
      sendFirst(socket, firstFrame);
      if (outcome.equals("in")) {
        assertThat(socket.run("id -un; echo $$")).isEqualTo("ghitanna\n" + pid + "\n");
      } else {
        assertRefused(socket);
        try (TerminalClient right = TerminalClient.connect(base(), id, "anna").auth("anna-jwt")) {
          assertThat(right.run("echo $$")).isEqualTo(pid + "\n");
        }
      }
    }
    anna.delete("/api/terminals/" + id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nothing", "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", "a%20b", "user", "%C3%A4"})
  void refusesAnIdThatIsNotThere(String id) {
    try (TerminalClient socket = TerminalClient.connect(base(), id, "anna").auth("anna-jwt")) {
      assertRefused(socket);
    }
  }

  @Test
  void refusesAnIdThatHasEnded() {
    String ended = open(byToken("anna"));
    byToken("anna").delete("/api/terminals/" + ended);
    for (String frame : List.of("resize", "", "anna-jwt")) {
      try (TerminalClient socket = TerminalClient.connect(base(), ended, "anna")) {
        sendFirst(socket, frame);
        assertRefused(socket);
      }
    }
  }

  @Test
  void refusesAStolenIdThatWasUsed() throws InterruptedException {
    Client anna = byToken("anna");
    String id = open(anna);
    TerminalClient owner = TerminalClient.connect(base(), id, "anna").resize(80, 24);
    owner.run("true");
    // While the owner is attached, even the owner's own token does not open the terminal again.
    for (String frame : List.of("resize", "", "anna-jwt", KEY)) {
      try (TerminalClient thief = TerminalClient.connect(base(), id, "anna")) {
        sendFirst(thief, frame);
        assertRefused(thief);
      }
    }
    assertThat(owner.run("echo mine")).isEqualTo("mine\n");
    owner.close();
    // The same attempts when the owner has left.
    TimeUnit.MILLISECONDS.sleep(200);
    for (String frame : List.of("resize", "")) {
      try (TerminalClient thief = TerminalClient.connect(base(), id, "anna")) {
        sendFirst(thief, frame);
        assertRefused(thief);
      }
    }
  }

  /**
   * Later frames are not credentials, so the browser behind Open WebUI may send anything in them.
   */
  @Test
  void decidesByTheFirstFrameAlone() {
    Client anna = byToken("anna");
    for (String frame : List.of("", "anna-jwt", "resize", "keys")) {
      String id = open(anna);
      try (TerminalClient socket = TerminalClient.connect(base(), id, "anna")) {
        sendFirst(socket, frame);
        for (String later : List.of("wrong", "boss-jwt", "", "= 1", "no token")) {
          sendFirst(socket, later);
        }
        assertThat(socket.run("id -un")).isEqualTo("ghitanna\n");
      }
      anna.delete("/api/terminals/" + id);
    }
    String id = open(byKey("anna"));
    try (TerminalClient socket = TerminalClient.connect(base(), id, "anna")) {
      socket.auth("").auth(KEY).type("echo stolen > ~/stolen\r");
      assertRefused(socket);
    }
    byKey("anna").delete("/api/terminals/" + id);
    assertThat(anna.get("/files/read?path=stolen").status()).isEqualTo(404);
  }

  @Test
  void endsASocketThatSaysNothing() {
    String id = open(byToken("anna"));
    try (TerminalClient silent = TerminalClient.connect(base(), id, "anna")) {
      assertRefused(silent);
    }
    byToken("anna").delete("/api/terminals/" + id);
  }

  /** The answers of the API to a stranger who knows everything except a credential. */
  @ParameterizedTest(name = "{0} {1} as {2}: {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET    | /api/terminals/ID        | boss    | 404
          GET    | /api/terminals/ID        | byKey   | 404
          GET    | /api/terminals/ID        | pending | 403
          GET    | /api/terminals/ID        | nobody  | 401
          GET    | /api/terminals/ID        | mixed   | 403
          DELETE | /api/terminals/ID        | boss    | 404
          DELETE | /api/terminals/ID        | byKey   | 404
          DELETE | /api/terminals/ID        | pending | 403
          DELETE | /api/terminals/ID        | nobody  | 401
          DELETE | /api/terminals/ID        | mixed   | 403
          POST   | /api/terminals?attach=ID | boss    | 404
          POST   | /api/terminals?attach=ID | byKey   | 404
          POST   | /api/terminals?attach=ID | pending | 403
          POST   | /api/terminals?attach=ID | nobody  | 401
          GET    | /api/terminals/user/output | boss  | 404
          GET    | /api/terminals/user/output | byKey | 404
          GET    | /api/terminals/user/output | nobody | 401
          GET    | /api/terminals           | boss    | 200
          GET    | /api/terminals           | byKey   | 200
          GET    | /api/terminals           | nobody  | 401
          GET    | /api/terminals           | pending | 403
          """)
  void keepsOthersOut(String method, String path, String who, int status) {
    Client anna = byToken("anna").chat("chat-of-anna");
    String id = open(anna);
    try (TerminalClient owner = TerminalClient.connect(base(), id, "anna").resize(80, 24)) {
      owner.run("echo annas sec''ret");
      Client other =
          switch (who) {
            case "boss" -> byToken("boss");
            // As an admin of Open WebUI with the key of the server, but as bob.
            case "byKey" -> byKey("bob");
            case "pending" -> byToken("cara");
            case "mixed" -> byToken("boss").user("anna");
            default -> new Client(base(), Map.of());
          };
      Answer answer = other.chat("chat-of-anna").send(method, path.replace("ID", id), null);
      assertThat(answer.status()).as(answer.body()).isEqualTo(status);
      assertThat(answer.body()).doesNotContain(id).doesNotContain("secret");
      assertThat(owner.run("echo alive")).isEqualTo("alive\n");
    }
    anna.delete("/api/terminals/" + id);
  }

  /**
   * No input of a refused socket arrives, not even what it sent before it learnt of the refusal.
   */
  @Test
  void takesNeitherKeysNorSizesOfARefusedSocket() {
    Client anna = byToken("anna");
    String id = open(anna);
    try (TerminalClient thief = TerminalClient.connect(base(), id, "boss")) {
      thief.resize(33, 7).type("echo stolen > ~/stolen\r").type("echo stolen > ~/stolen\r");
      assertRefused(thief);
    }
    try (TerminalClient owner = TerminalClient.connect(base(), id, "anna").auth("anna-jwt")) {
      assertThat(owner.run("stty size; ls ~/stolen 2>&1")).startsWith("24 80\n").contains("cannot");
    }
    anna.delete("/api/terminals/" + id);
  }

  @Test
  void endsADetachedTerminalAfterItsTime() throws InterruptedException {
    Client anna = byToken("anna").chat("left");
    String id = open(anna);
    TerminalClient socket = TerminalClient.connect(base(), id, "anna").resize(80, 24);
    socket.run("(trap '' HUP; exec sleep 5101) & sleep 0.2");
    socket.close();
    for (int i = 0; i < 150 && anna.get("/api/terminals/" + id).status() == 200; i++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    assertThat(anna.get("/api/terminals").body()).isEqualTo("[]");
    awaitNoProcess("sleep 5101");
  }

  @Test
  void endsATerminalWhoseTokenIsRevoked() throws InterruptedException {
    openWebUi.knows("dora-jwt", "dora", "dora@example.org", "user");
    String id = open(byToken("dora"));
    try (TerminalClient socket = TerminalClient.connect(base(), id, "dora").resize(80, 24)) {
      socket.run("(trap '' HUP; exec sleep 5201) & sleep 2");
      openWebUi.forgets("dora-jwt");
      socket.await(
          "\\[This terminal ends: Open WebUI does not accept this token; sign in again\\]");
      assertThat(socket.awaitClose()).isEqualTo(1000);
    }
    awaitNoProcess("sleep 5201");
  }

  private static void awaitNoProcess(String words) throws InterruptedException {
    for (int i = 0; i < 50 && !RealSshd.run("pgrep", "-f", words).isEmpty(); i++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    assertThat(RealSshd.run("pgrep", "-f", words)).isEmpty();
  }
}
