package io.gatehouse.gateway.it;

import static io.gatehouse.gateway.support.Client.encode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.GatehouseImage;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.testcontainers.containers.GenericContainer;

/** Bob attacks alice's files, and the file pane sends its requests, in the real image. */
@Tag("image")
final class FilesImageIT {

  private static final String VOLUME = "gatehouse-files-it-" + UUID.randomUUID();
  private static final String SECRET = "alices-secret";
  private static final String ALICE_HOME = "/home/aliceid";
  private static final String BOB_HOME = "/home/bobbyid";

  /** The file is open to everybody; only the home above it is closed. */
  private static final String FOLDER = ALICE_HOME + "/private";

  private static final int RACES = 40;

  private static GenericContainer<?> container;
  private static Client alice;
  private static Client bob;
  private static String alicesProcess;

  @BeforeAll
  static void start() {
    container =
        GatehouseImage.start(
            VOLUME, Map.of("OPEN_TERMINAL_API_KEY", "k", "OPEN_TERMINAL_USER_ISOLATION", "true"));
    Client anybody = GatehouseImage.client(container, "k");
    alice = anybody.user("aliceid");
    bob = anybody.user("bobbyid");
    String made =
        alice
            .run(
                "mkdir -p private/sub; echo "
                    + SECRET
                    + " > private/file.txt; chmod -R 777 private; cd private;"
                    + " (sleep 3000 >/dev/null 2>&1 &) ; pgrep -n sleep")
            .output();
    alicesProcess = made.strip();
    assertThat(alicesProcess).matches("[0-9]+");
  }

  @AfterAll
  static void stop() {
    if (container != null) {
      container.stop();
      GatehouseImage.removeVolume(VOLUME);
    }
  }

  /** A way to name a place in alice's home. */
  private record Trick(String name, String folder) {

    String file() {
      return folder + "/file.txt";
    }
  }

  private static List<Trick> tricks() {
    return List.of(
        new Trick("direct", FOLDER),
        new Trick("dots", BOB_HOME + "/../aliceid/private"),
        new Trick("relative dots", "../aliceid/private"),
        new Trick("double slashes", "//home//aliceid//private"),
        new Trick("link to the folder", "folderlink"),
        new Trick("link to a link", "linklink"),
        new Trick("link to the home", "homelink/private"),
        new Trick("/proc/self/root", "/proc/self/root" + FOLDER),
        new Trick("/proc/PID/root", "/proc/" + alicesProcess + "/root" + FOLDER),
        new Trick("/proc/PID/cwd", "/proc/" + alicesProcess + "/cwd"),
        new Trick("/home/user", "/home/user/../aliceid/private"),
        new Trick("/home/usr", "/home/usr/../../home/aliceid/private"));
  }

  /** A request for a file, or in a folder. */
  private record Operation(String name, Request request) {}

  @FunctionalInterface
  private interface Request {
    Answer send(Trick trick);
  }

  private static Operation get(String path) {
    return new Operation(
        path,
        trick ->
            bob.get(
                path.replace("FILE", encode(trick.file()))
                    .replace("FOLDER", encode(trick.folder()))));
  }

  private static Operation post(String path, Map<String, Object> body) {
    return new Operation(path + " " + body, trick -> bob.post(path, filled(body, trick)));
  }

  private static Map<String, Object> filled(Map<String, Object> body, Trick trick) {
    return body.entrySet().stream()
        .collect(
            java.util.stream.Collectors.toMap(
                Map.Entry::getKey, entry -> filled(entry.getValue(), trick)));
  }

  private static Object filled(Object value, Trick trick) {
    return switch (value) {
      case String text -> text.replace("FILE", trick.file()).replace("FOLDER", trick.folder());
      case List<?> list -> list.stream().map(item -> filled(item, trick)).toList();
      default -> value;
    };
  }

  private static List<Operation> operations() {
    return List.of(
        get("/files/list?directory=FOLDER"),
        get("/files/read?path=FILE"),
        get("/files/view?path=FILE"),
        get("/files/view?preview=true&path=FILE"),
        new Operation("/files/serve", trick -> bob.get("/files/serve/" + encoded(trick.file()))),
        get("/files/grep?query=a&path=FOLDER"),
        get("/files/grep?query=a&path=FILE"),
        get("/files/glob?pattern=*&path=FOLDER"),
        get("/files/search?query=file&path=FOLDER"),
        get("/files/matches?query=secret&path=FOLDER"),
        post("/files/write", Map.of("path", "FILE", "content", "bob was here")),
        post("/files/write", Map.of("path", "FOLDER/new.txt", "content", "bob was here")),
        post("/files/mkdir", Map.of("path", "FOLDER/new")),
        post("/files/move", Map.of("source", "FILE", "destination", BOB_HOME + "/stolen")),
        post("/files/move", Map.of("source", BOB_HOME + "/own", "destination", "FOLDER/planted")),
        post(
            "/files/replace",
            Map.of(
                "path",
                "FILE",
                "replacements",
                List.of(Map.of("target", "a", "replacement", "b")))),
        post("/files/archive", Map.of("paths", List.of("FOLDER"))),
        post("/files/archive", Map.of("paths", List.of("FILE"))),
        post("/files/compare", Map.of("original", "FILE", "revised", BOB_HOME + "/own")),
        post("/files/compare", Map.of("original", BOB_HOME + "/own", "revised", "FILE")),
        new Operation(
            "/files/upload", trick -> bob.upload(trick.folder(), "file.txt", new byte[9])),
        post("/files/cwd", Map.of("path", "FOLDER")),
        new Operation(
            "DELETE file", trick -> bob.delete("/files/delete?path=" + encode(trick.file()))),
        new Operation(
            "DELETE folder", trick -> bob.delete("/files/delete?path=" + encode(trick.folder()))));
  }

  /** A path for a URL's own path: slashes stay. */
  private static String encoded(String path) {
    String absolute = path.startsWith("/") ? path : BOB_HOME + "/" + path;
    return absolute.replaceAll("^/+", "").replace(" ", "%20");
  }

  /** Puts bob's files back as they were. */
  private static void prepareBob() {
    assertThat(
            bob.run(
                    "cd; rm -rf folderlink linklink homelink stolen own; echo own > own; ln -s "
                        + FOLDER
                        + " folderlink; ln -s folderlink linklink; ln -s "
                        + ALICE_HOME
                        + " homelink")
                .exitCode())
        .isZero();
  }

  private static void assertAliceIsUntouched() {
    assertThat(alice.run("cd private; cat file.txt; ls -1A; ls -1A ..; ls -1A sub").output())
        .isEqualTo(SECRET + "\nfile.txt\nsub\n" + homeEntries());
  }

  private static String homeEntries() {
    return ".bash_logout\n.bashrc\n.profile\n.ssh\nprivate\n";
  }

  @TestFactory
  Stream<DynamicNode> keepsBobOut() {
    return operations().stream()
        .map(
            operation ->
                dynamicContainer(
                    operation.name(),
                    tricks().stream()
                        .map(
                            trick ->
                                dynamicTest(trick.name(), () -> assertRefused(operation, trick)))));
  }

  private static void assertRefused(Operation operation, Trick trick) {
    prepareBob();
    Answer answer = operation.request().send(trick);
    // The link itself belongs to bob, so he may move, delete or pack it.
    boolean ownLink =
        List.of("folderlink", "linklink").contains(trick.folder())
            && (operation.name().equals("DELETE folder")
                || operation.name().equals("/files/archive {paths=[FOLDER]}"));
    if (!ownLink) {
      assertThat(answer.status()).as(answer.body()).isIn(403, 404);
    }
    assertThat(answer.body()).doesNotContain(SECRET);
    assertAliceIsUntouched();
  }

  @Test
  void losesNoRaceWithALinkThatIsSwapped() {
    prepareBob();
    String id =
        bob.post(
                "/execute",
                Map.of(
                    "command",
                    "mkdir -p mine; echo mine > mine/file.txt; while :; do ln -sfn "
                        + FOLDER
                        + " swap; ln -sfn ~/mine swap; done"))
            .json()
            .path("id")
            .asText();
    try {
      Trick swap = new Trick("swap", "swap");
      for (Operation operation : operations()) {
        if (!operation.name().startsWith("DELETE folder")) {
          for (int race = 0; race < RACES; race++) {
            assertThat(operation.request().send(swap).body())
                .as(operation.name())
                .doesNotContain(SECRET);
          }
        }
      }
    } finally {
      bob.delete("/execute/" + id + "?force=true");
    }
    assertAliceIsUntouched();
  }

  @Test
  void readsDocumentsAndSearchesWithWhatTheImageHas() {
    bob.post(
        "/files/write", Map.of("path", "letter.rtf", "content", "{\\rtf1\\ansi dear alice\\par}"));
    assertThat(bob.get("/files/read?path=letter.rtf").json().path("content").asText())
        .contains("dear alice")
        .doesNotContain("rtf1");
    assertThat(
            bob.get("/files/grep?path=letter.rtf&query=(%3F%3C%3Ddear%20)alice")
                .json()
                .path("matches"))
        .hasSize(1);
  }

  /** The requests of Open WebUI's file pane, in its order, with what it reads of the answers. */
  @Test
  void servesTheFilePane() {
    Client pane = bob.chat("pane-chat");
    assertThat(pane.get("/api/config").json().path("features").isObject()).isTrue();
    String home = pane.get("/files/cwd").json().path("home").asText();
    assertThat(home).isEqualTo(BOB_HOME);
    assertThat(pane.get("/files/list?directory=" + encode(home + "/")).json().path("entries"))
        .anySatisfy(entry -> assertThat(entry.path("name").asText()).isEqualTo(".bashrc"));

    String site = home + "/site";
    assertThat(pane.post("/files/mkdir", Map.of("path", site)).status()).isEqualTo(200);
    pane.post("/files/cwd", Map.of("path", site));
    String page = "<link rel=stylesheet href=css/style.css><script src=app.js></script>";
    assertThat(pane.upload(site, "index.html", page.getBytes(StandardCharsets.UTF_8)).status())
        .isEqualTo(200);
    assertThat(
            pane.upload(site + "/css", "style.css", "p{}".getBytes(StandardCharsets.UTF_8))
                .status())
        .isEqualTo(200);
    assertThat(pane.upload(site, "empty", new byte[0]).json().path("size").asInt()).isZero();
    assertThat(
            pane.post(
                    "/files/move",
                    Map.of("source", site + "/empty", "destination", site + "/app.js"))
                .json()
                .has("error"))
        .isFalse();

    // Edit and save: the editor uploads over the file.
    assertThat(
            pane.get("/files/read?path=" + encode(site + "/app.js"))
                .json()
                .path("content")
                .asText())
        .isEmpty();
    pane.upload(site, "app.js", "let a = 1;\n".getBytes(StandardCharsets.UTF_8));
    assertThat(
            pane.get("/files/read?path=" + encode(site + "/app.js"))
                .json()
                .path("content")
                .asText())
        .isEqualTo("let a = 1;\n");

    // The preview resolves its links below the page's own address.
    HttpResponse<byte[]> served = pane.bytes("/files/serve" + site + "/index.html");
    assertThat(served.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
    HttpResponse<byte[]> style = pane.bytes("/files/serve" + site + "/css/style.css");
    assertThat(style.headers().firstValue("Content-Type").orElse("")).startsWith("text/css");
    assertThat(pane.bytes("/files/serve" + site + "/app.js").statusCode()).isEqualTo(200);

    HttpResponse<byte[]> archive =
        pane.postForBytes("/files/archive", Map.of("paths", List.of(site)));
    assertThat(archive.headers().firstValue("Content-Disposition"))
        .contains("attachment; filename=\"site.zip\"");
    assertThat(new String(archive.body(), 0, 2, StandardCharsets.US_ASCII)).isEqualTo("PK");
    assertThat(
            pane.get(
                    "/files/matches?query=app&path=" + encode(site) + "&show_hidden=false&offset=0")
                .json()
                .at("/results/0/name")
                .asText())
        .isEqualTo("app.js");
    assertThat(pane.delete("/files/delete?path=" + encode(site)).json().path("type").asText())
        .isEqualTo("directory");
  }
}
