package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertAll;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.gateway.it.OpenWebUiRelease.Person;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.TerminalClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The actions of two users with Gatehouse through a released Open WebUI, in one of its modes, in a
 * chat or outside of one.
 *
 * @param accountPrefix the beginning of the names of their accounts
 * @param mode of a connection to Gatehouse that has this id; a connection with the id {@code wrong}
 *     has a wrong key
 * @param chat the id of the chat; empty if there is none
 */
record OpenWebUiVisit(
    OpenWebUiRelease openWebUi,
    String accountPrefix,
    String mode,
    String chat,
    Person anna,
    Person bob) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A picture with one pixel. */
  private static final String DOT =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

  /** Does all actions, and counts the successful ones for a table. */
  void run(ActionTable table) {
    Map<String, Runnable> actions = new LinkedHashMap<>();
    actions.put("shell", this::shell);
    actions.put("shell after a reload of the page", this::reload);
    actions.put("shell of another user", this::strangersShell);
    actions.put("run_command, list_processes", this::runCommand);
    actions.put("send_process_input", this::input);
    actions.put("kill_process with a boolean", this::kill);
    actions.put("write_file, read_file, replace_file_content, list_files", this::fileTools);
    actions.put("read_file of a picture, display_file", this::pictures);
    actions.put("grep_search with booleans and a list", this::grep);
    actions.put("glob_search with a list, search_files, match_files", this::glob);
    actions.put("a tool call with a wrong argument", this::wrongArgument);
    actions.put("files of the page", this::files);
    actions.put("working directory of the chat", this::workingDirectory);
    actions.put("what a turn of a chat reads first", this::turn);
    actions.put("skills", this::skills);
    actions.put("ports where nothing listens", this::noPorts);
    actions.put("notebooks", this::notebooks);
    actions.put("files of another user", this::strangersFiles);
    actions.put("headers that name another user", this::strangersHeaders);
    actions.put("a wrong key", this::wrongKey);
    assertAll(
        "%s, %s, chat '%s'".formatted(openWebUi.version(), mode, chat),
        actions.entrySet().stream().map(action -> () -> run(action, table)));
  }

  private void run(Map.Entry<String, Runnable> action, ActionTable table) {
    try {
      action.getValue().run();
      table.right(action.getKey(), openWebUi.version());
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError(action.getKey() + ": " + failure.getMessage(), failure);
    }
  }

  private Map<String, String> headers(Person person) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Authorization", "Bearer " + person.token());
    if (!chat.isEmpty()) {
      headers.put("X-Session-Id", chat);
    }
    return headers;
  }

  /** Sends the requests of the page. */
  private Client page(Person person) {
    return new Client(openWebUi.address() + "/api/v1/terminals/" + mode, headers(person));
  }

  /** Sends the requests of the model. */
  private JsonNode tool(Person person, String name, Map<String, ?> arguments) {
    Answer answer =
        new Client(openWebUi.address(), headers(person))
            .post("/call/" + mode + "/" + name, arguments);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().path("result");
  }

  private String account(Person person) {
    JsonNode result = tool(person, "run_command", Map.of("command", "id -un", "wait", 20));
    assertThat(result.path("exit_code").asInt(-1)).as(result.toString()).isZero();
    String name = result.at("/output/0/data").asText().strip();
    assertThat(name).startsWith(accountPrefix);
    return name;
  }

  private String open(Person person) {
    Answer answer = page(person).send("POST", "/api/terminals", null);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().path("id").asText();
  }

  private TerminalClient attached(Person person, String id) {
    return openWebUi.attach(mode, id, person.token(), chat);
  }

  private void shell() {
    String id = open(anna);
    try (TerminalClient shell = attached(anna, id)) {
      assertThat(shell.run("id -un; stty size")).isEqualTo(account(anna) + "\n25 90\n");
      shell.resize(70, 20);
      assertThat(shell.run("stty size")).isEqualTo("20 70\n");
      assertThat(shell.texts()).isEmpty();
      assertThat(tool(anna, "read_user_terminal", Map.of()).path("output").asText())
          .contains("20 70");
      assertThat(shell.isClosed()).isFalse();
      assertThat(tool(anna, "send_user_terminal_input", Map.of("input", "echo ty''ped\n")))
          .as("closed: %s, shown: %s", shell.isClosed(), shell.output())
          .isEqualTo(JSON.createObjectNode().put("status", "ok"));
      shell.await("typed\r\n");
      assertThat(shell.run("echo x; head -c 300000 /dev/zero | tr '\\0' y").length())
          .isEqualTo(300_002);
      shell.type("exit\r");
      shell.awaitClose();
    }
  }

  private void strangersShell() {
    String id = open(anna);
    try (TerminalClient thief = attached(bob, id)) {
      thief.type("touch ~/stolen\r");
      thief.await("This terminal is not there, or not yours");
      thief.awaitClose();
    }
    try (TerminalClient owner = attached(anna, id)) {
      assertThat(owner.run("ls ~/stolen")).contains("No such file");
    }
    assertThat(page(bob).get("/api/terminals/" + id).status()).isEqualTo(404);
    assertThat(page(bob).get("/api/terminals/user/output").status()).isEqualTo(404);
  }

  private void runCommand() {
    assertThat(account(anna)).isNotEqualTo(account(bob));
    JsonNode failed = tool(anna, "run_command", Map.of("command", "exit 3", "wait", 20));
    assertThat(failed.path("status").asText()).isEqualTo("done");
    assertThat(failed.path("exit_code").asInt()).isEqualTo(3);
    String id = failed.path("id").asText();
    assertThat(tool(anna, "list_processes", Map.of()).findValuesAsText("id")).contains(id);
    assertThat(tool(bob, "list_processes", Map.of()).findValuesAsText("id")).doesNotContain(id);
  }

  private void fileTools() {
    String text = "first\nsecond with ünï 你好\nthird\n";
    JsonNode written = tool(anna, "write_file", Map.of("path", "work/notes.txt", "content", text));
    assertThat(written.has("error")).as(written.toString()).isFalse();
    JsonNode read =
        tool(anna, "read_file", Map.of("path", "work/notes.txt", "start_line", 2, "end_line", 2));
    assertThat(read.path("content").asText()).contains("second with ünï 你好");
    JsonNode list = tool(anna, "list_files", Map.of("directory", "work"));
    assertThat(list.path("entries").findValuesAsText("name")).contains("notes.txt");
    JsonNode replaced =
        tool(
            anna,
            "replace_file_content",
            Map.of(
                "path",
                "work/notes.txt",
                "replacements",
                List.of(Map.of("target", "third", "replacement", "3rd"))));
    assertThat(replaced.has("error")).as(replaced.toString()).isFalse();
  }

  private void grep() {
    JsonNode found =
        tool(
            anna,
            "grep_search",
            Map.of(
                "query",
                "SECOND WITH",
                "path",
                "work",
                "regex",
                false,
                "case_insensitive",
                true,
                "include",
                List.of("*.txt", "*.md"),
                "match_per_line",
                true,
                "max_results",
                5));
    assertThat(found.path("matches")).as(found.toString()).hasSize(1);
  }

  private void kill() {
    JsonNode started = tool(anna, "run_command", Map.of("command", "sleep 600", "wait", 0));
    String id = started.path("id").asText();
    assertThat(
            tool(anna, "get_process_status", Map.of("process_id", id, "wait", 0))
                .path("status")
                .asText())
        .isEqualTo("running");
    JsonNode killed = tool(anna, "kill_process", Map.of("process_id", id, "force", true));
    assertThat(killed.has("error")).as(killed.toString()).isFalse();
    // Status waits for the end; on a busy machine, the answer to kill does not always see it.
    JsonNode ended =
        tool(anna, "get_process_status", Map.of("process_id", id, "wait", 30)).path("status");
    assertThat(ended.asText()).isEqualTo("killed");
  }

  private void files() {
    Client page = page(anna);
    String home = page.get("/files/cwd").json().path("home").asText();
    String folder = home + "/files of the page " + mode + chat;
    assertThat(page.post("/files/mkdir", Map.of("path", folder)).status()).isEqualTo(200);
    byte[] content = new byte[50_000];
    new Random(3).nextBytes(content);
    assertThat(page.upload(folder + "/", "ä &+.bin", content).status()).isEqualTo(200);
    String path = Client.encode(folder + "/ä &+.bin");
    assertThat(page.bytes("/files/view?path=" + path).body()).isEqualTo(content);
    assertThat(
            page.upload(folder + "/", "a.txt", "text ü".getBytes(StandardCharsets.UTF_8)).status())
        .isEqualTo(200);
    assertThat(
            page.get("/files/read?path=" + Client.encode(folder + "/a.txt"))
                .json()
                .path("content")
                .asText())
        .isEqualTo("text ü");
    assertThat(
            page.post(
                    "/files/move",
                    Map.of("source", folder + "/a.txt", "destination", folder + "/b.txt"))
                .status())
        .isEqualTo(200);
    assertThat(
            page.get("/files/list?directory=" + Client.encode(folder + "/"))
                .json()
                .path("entries")
                .findValuesAsText("name"))
        .containsExactlyInAnyOrder("b.txt", "ä &+.bin");
    assertThat(page.delete("/files/delete?path=" + Client.encode(folder)).status()).isEqualTo(200);
    assertThat(page.get("/files/list?directory=" + Client.encode(folder + "/")).status())
        .isEqualTo(404);
    assertThat(page.post("/files/cwd", Map.of("path", home)).status()).isEqualTo(200);
  }

  private void strangersFiles() {
    String home = page(anna).get("/files/cwd").json().path("home").asText();
    String path = home + "/work/notes.txt";
    assertThat(page(anna).get("/files/read?path=" + path).status()).isEqualTo(200);
    assertThat(page(bob).get("/files/read?path=" + path).status()).isIn(403, 404);
    assertThat(page(bob).get("/files/view?path=" + path).status()).isIn(403, 404);
    assertThat(page(bob).delete("/files/delete?path=" + path).status()).isIn(403, 404);
    assertThat(tool(bob, "read_file", Map.of("path", path)).toString()).doesNotContain("second");
  }

  private void strangersHeaders() {
    Client mixed = page(bob).user(anna.id());
    Answer answer = mixed.post("/execute?wait=20", Map.of("command", "id -un"));
    assertThat(answer.output()).isEqualTo(account(bob) + "\n");
    assertThat(mixed.get("/api/terminals").body()).isEqualTo("[]");
  }

  private void wrongKey() {
    Client wrong = new Client(openWebUi.address() + "/api/v1/terminals/wrong", headers(anna));
    assertThat(wrong.get("/files/cwd").status()).isEqualTo(401);
    String id = open(anna);
    try (TerminalClient thief = openWebUi.attach("wrong", id, anna.token(), chat)) {
      thief.await("This terminal is not there, or not yours");
      thief.awaitClose();
    }
    assertThat(page(anna).delete("/api/terminals/" + id).status()).isEqualTo(200);
  }

  /** The request that the page of 0.12 sends in a saved chat. The other releases send a header. */
  private String inChat(String path) {
    return openWebUi.isAtLeast("0.12.0") && !chat.isEmpty() ? "/chats/" + chat + path : path;
  }

  private void reload() {
    String id = open(anna);
    String pid;
    try (TerminalClient shell = attached(anna, id)) {
      pid = shell.run("echo $$");
      shell.type("echo be''fore\r");
      shell.await("before\r\n");
    }
    // As long as the gateway does not know that the page is gone, a new page would count as another
    // tab.
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> page(anna).get("/api/terminals/user/output").status() != 200);
    String again = open(anna);
    try (TerminalClient shell = attached(anna, again)) {
      shell.await("before\r\n");
      assertThat(shell.run("echo $$")).isEqualTo(pid);
    }
    assertThat(page(anna).delete("/api/terminals/" + again).status()).isEqualTo(200);
    assertThat(page(anna).get("/api/terminals/" + again).status()).isEqualTo(404);
  }

  private void input() {
    JsonNode started =
        tool(anna, "run_command", Map.of("command", "read x; echo \"<$x>\"", "wait", 0));
    Map<String, ?> id = Map.of("process_id", started.path("id").asText());
    JsonNode sent = tool(anna, "send_process_input", with(id, "input", "an ü\n"));
    assertThat(sent.path("status").asText()).as(sent.toString()).isEqualTo("ok");
    JsonNode ended = tool(anna, "get_process_status", with(id, "wait", 20));
    assertThat(ended.path("exit_code").asInt(-1)).as(ended.toString()).isZero();
    assertThat(ended.path("output").findValuesAsText("data").toString()).contains("<an ü>");
    JsonNode strangers = tool(bob, "get_process_status", id);
    assertThat(strangers.path("error").asText()).contains("HTTP error 404");
  }

  private static Map<String, ?> with(Map<String, ?> arguments, String name, Object value) {
    Map<String, Object> all = new LinkedHashMap<>(arguments);
    all.put(name, value);
    return all;
  }

  private void pictures() {
    String path = page(anna).get("/files/cwd").json().path("home").asText() + "/work/dot.png";
    byte[] png = Base64.getDecoder().decode(DOT);
    assertThat(page(anna).upload(path.replace("dot.png", ""), "dot.png", png).status())
        .isEqualTo(200);
    JsonNode read = tool(anna, "read_file", Map.of("path", path));
    assertThat(read.asText()).as(read.toString()).isEqualTo("data:image/png;base64," + DOT);
    JsonNode shown = tool(anna, "display_file", Map.of("path", path));
    assertThat(shown.path("exists").asBoolean()).as(shown.toString()).isTrue();
  }

  /** Up to 0.12.0 the list is what Python prints for it; with an apostrophe it has other quotes. */
  private void glob() {
    for (String name : List.of("it's.txt", "[1].txt", "ü.txt")) {
      JsonNode written =
          tool(anna, "write_file", Map.of("path", "globs/" + name, "content", "needle " + name));
      assertThat(written.has("error")).as(written.toString()).isFalse();
    }
    assertThat(globs(List.of())).containsExactlyInAnyOrder("it's.txt", "[1].txt", "ü.txt");
    assertThat(globs(List.of("it's*"))).containsExactlyInAnyOrder("[1].txt", "ü.txt");
    assertThat(globs(List.of("it's*", "a \"b\" 'c'", "ü.txt"))).containsExactly("[1].txt");
    assertThat(globs(List.of("[[]1]*", "\\", "ü*"))).containsExactly("it's.txt");
    for (String tool : List.of("search_files", "match_files")) {
      JsonNode found = tool(anna, tool, Map.of("query", "it's", "path", "globs"));
      assertThat(found.toString()).as(tool).contains("it's.txt").doesNotContain("ü.txt");
    }
  }

  private List<String> globs(List<String> exclude) {
    JsonNode found =
        tool(
            anna,
            "glob_search",
            Map.of("pattern", "*.txt", "path", "globs", "exclude", exclude, "max_results", 9));
    return found.path("matches").findValuesAsText("path");
  }

  private void wrongArgument() {
    JsonNode refused =
        tool(anna, "read_file", Map.of("path", "work/notes.txt", "start_line", "two"));
    assertThat(refused.path("error").asText())
        .startsWith("HTTP error 422: ")
        .contains("Input should be a valid integer");
    JsonNode missing = tool(anna, "read_file", Map.of("path", "not there.txt"));
    assertThat(missing.path("error").asText())
        .startsWith("HTTP error 404: ")
        .contains("File not found");
  }

  private void workingDirectory() {
    String home = page(anna).get("/files/cwd").json().path("home").asText();
    Map<String, String> folder = Map.of("path", home + "/work");
    assertThat(page(anna).post(inChat("/files/cwd"), folder).status()).isEqualTo(200);
    // The directory is remembered for a chat, so without a chat there is nothing to remember.
    assertThat(page(anna).get(inChat("/files/cwd")).json().path("cwd").asText())
        .isEqualTo(chat.isEmpty() ? home : home + "/work");
    if (!chat.isEmpty()) {
      JsonNode result = tool(anna, "run_command", Map.of("command", "pwd", "wait", 20));
      assertThat(result.at("/output/0/data").asText().strip()).isEqualTo(home + "/work");
      assertThat(tool(anna, "read_file", Map.of("path", "notes.txt")).path("content").asText())
          .contains("second");
    }
    assertThat(page(anna).post(inChat("/files/cwd"), Map.of("path", home)).status()).isEqualTo(200);
  }

  private void turn() {
    JsonNode written =
        tool(
            anna,
            "write_file",
            Map.of("path", "AGENTS.md", "content", "Speak of " + account(anna)));
    assertThat(written.has("error")).as(written.toString()).isFalse();
    writeSkill(anna);
    Answer answer = new Client(openWebUi.address(), headers(anna)).post("/turn/" + mode, Map.of());
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    JsonNode read = answer.json();
    assertThat(read.path("prompt").asText()).isNotBlank();
    assertThat(read.at("/tools/run_command/description").asText())
        .contains("The current working directory is: ");
    assertThat(read.path("tools").size()).isGreaterThan(13);
    // 0.11.4 added this request to a turn.
    if (openWebUi.isAtLeast("0.11.4")) {
      assertThat(read.path("agents").asText()).contains("Speak of " + account(anna));
      assertThat(read.path("skill").toString()).contains("Do what " + account(anna) + " does.");
    }
    if (openWebUi.isAtLeast("0.12.0")) {
      assertThat(read.path("skills").isArray()).as(read.path("skills").toString()).isTrue();
      assertThat(read.path("skills").toString()).contains("\"terminal:a%20skill\"");
    }
  }

  /** Writes a skill as a model does: as a file. */
  private void writeSkill(Person person) {
    String text =
        "---\nname: a skill\ndescription: Use it always.\n---\nDo what %s does.\n"
            .formatted(account(person));
    JsonNode written =
        tool(
            person,
            "write_file",
            Map.of("path", "/home/user/.agents/skills/one/SKILL.md", "content", text));
    assertThat(written.has("error")).as(written.toString()).isFalse();
  }

  private void skills() {
    for (Person person : new Person[] {anna, bob}) {
      writeSkill(person);
      String own = "/home/" + account(person) + "/.agents/skills/one/SKILL.md";
      await()
          .atMost(Duration.ofSeconds(3))
          .until(() -> page(person).get(inChat("/skills")).body().contains(own));
      JsonNode listed = page(person).get(inChat("/skills")).json();
      assertThat(listed.size()).isEqualTo(1);
      assertThat(listed.at("/0/id").asText()).isEqualTo("terminal:a%20skill");
      for (String path : new String[] {"/skills/read?name=a%20skill", "/skills/a%20skill"}) {
        assertThat(page(person).get(inChat(path)).json().path("content").asText())
            .isEqualTo("Do what " + account(person) + " does.");
      }
    }
    assertThat(page(anna).get(inChat("/skills/read?name=x")).detail()).isEqualTo("Skill not found");
  }

  private void noPorts() {
    assertThat(page(anna).get(inChat("/ports")).body()).isEqualTo("{\"ports\":[]}");
  }

  private void notebooks() {
    Answer notebook = page(anna).post(inChat("/notebooks"), Map.of("path", "a.ipynb"));
    assertThat(notebook.status()).isEqualTo(404);
    assertThat(notebook.detail()).startsWith("Notebook not found: ");
  }
}
