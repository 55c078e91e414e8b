package io.gatehouse.gateway.openwebui;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Does everything that a user does with a terminal connection in the page of Open WebUI, one action
 * after the other, as a person would do it.
 */
final class Walk {

  /** The work of an action. It throws an exception if it finds something wrong. */
  private interface Action {
    void run() throws Exception;
  }

  /**
   * How an action ended.
   *
   * @param failure the failure; empty if there was none
   */
  record Result(Optional<Throwable> failure, long milliseconds) {
    @Override
    public String toString() {
      return (failure.isEmpty() ? "works" : "FAILS") + " (%.1f s)".formatted(milliseconds / 1000.0);
    }
  }

  /** Types in which a browser runs scripts, or may, and one that nobody knows. */
  private static final List<String> ACTIVE =
      List.of(
          ("html htm shtml xhtml xht svg svgz xml xsl xslt rdf kml atom rss mathml mml wsdl xul"
                  + " xspf smil ncx opf dtb mhtml swf js unknown")
              .split(" "));

  private static final List<String> HTML = List.of("html", "htm", "shtml");

  private static final String THIEF =
      "<script xmlns='http://www.w3.org/1999/xhtml'>"
          + "const root = document.documentElement; root.setAttribute('ran', 'yes');"
          + " try { root.setAttribute('token', localStorage.token) } catch (closed) {}</script>";

  private static final String DOCUMENT =
      "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'>" + THIEF + "</svg>";

  private static final String WRITE =
      """
      async ({address, path, content}) => {
        const answer = await fetch(address, {
          method: 'POST',
          headers: {'Content-Type': 'application/json', Authorization: 'Bearer ' + localStorage.token},
          body: JSON.stringify({path, content})});
        return answer.status;
      }
      """;

  /**
   * Opens terminals that print without end, as the page does, and waits until they have shown 700
   * KB each, which is more than what is shown before a flood is held back. It fails after a minute.
   */
  private static final String FLOOD =
      """
      async ({connection, count}) => {
        let shown = 0;
        window.floods = [];
        for (let i = 0; i < count; i++) {
          const made = await fetch(connection + '/api/terminals', {
            method: 'POST', headers: {Authorization: 'Bearer ' + localStorage.token}});
          const path = connection + '/api/terminals/' + (await made.json()).id;
          const socket = new WebSocket(location.origin.replace('http', 'ws') + path);
          socket.binaryType = 'arraybuffer';
          socket.onopen = () => {
            socket.send(JSON.stringify({type: 'auth', token: localStorage.token}));
            socket.send(JSON.stringify({type: 'resize', cols: 80, rows: 24}));
            socket.send(new TextEncoder().encode('yes\\r'));
          };
          socket.onmessage = event => { shown += event.data.byteLength; };
          window.floods.push(socket);
        }
        const latest = Date.now() + 60_000;
        while (shown < count * 700_000) {
          if (Date.now() > latest) {
            throw new Error('the floods have shown only ' + shown + ' bytes in a minute');
          }
          await new Promise(done => setTimeout(done, 100));
        }
      }
      """;

  private static final String END_FLOOD =
      """
      () => window.floods
        .filter(each => each.readyState === WebSocket.OPEN)
        .forEach(each => each.send(new TextEncoder().encode('\\x03exit\\r')))
      """;

  private final Person person;
  private final String connection;
  private final String connectionAddress;
  private final Path home;
  private final Path fixtures;
  private final ToolCallingModel model;
  private final Map<String, Result> results = new LinkedHashMap<>();

  /**
   * @param connection its name in the menu
   * @param connectionAddress below which Open WebUI passes requests on to this connection
   * @param home of the person's account
   * @param fixtures a folder with one file of each type
   */
  Walk(
      Person person,
      String connection,
      String connectionAddress,
      Path home,
      Path fixtures,
      ToolCallingModel model) {
    this.person = person;
    this.connection = connection;
    this.connectionAddress = connectionAddress;
    this.home = home;
    this.fixtures = fixtures;
    this.model = model;
  }

  /** Runs all actions and returns how each of them ended, in order. */
  Map<String, Result> run() {
    files();
    shell();
    chat();
    return results;
  }

  private void step(String action, Action body) {
    long start = System.nanoTime();
    Optional<Throwable> failure = Optional.empty();
    try {
      body.run();
    } catch (Exception | AssertionError wrong) {
      failure = Optional.of(wrong);
      person.screenshot("failed-" + action.replaceAll("\\W+", "-"));
      recover();
    }
    results.put(
        action, new Result(failure, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)));
  }

  /** Where Open WebUI passes on requests for this path of the terminal server. */
  private String address(String path) {
    return connectionAddress + path;
  }

  /**
   * Closes everything that a failed action has left open, so that the next action begins at the
   * expected place.
   */
  private void recover() {
    try {
      person.escape();
      goHome();
    } catch (RuntimeException lost) {
      person.visit("/");
    }
  }

  // --- The file pane

  private void files() {
    step(
        "pick the terminal",
        () -> {
          person.pickTerminal(connection);
          person.awaitFiles(home.getFileName().toString());
        });
    step("upload a file of each type", this::upload);
    previews();
    step(
        "a page of a user's, opened by itself, has no origin",
        () -> {
          person.openTab(address("/files/serve" + home + "/page.html"));
          assertThat(person.inTab("document.body.innerText")).contains("script ran 42");
          assertThat(person.inTab("self.origin")).isEqualTo("null");
          person.closeTab();
        });
    step("no type of file, opened by itself, has Open WebUI's origin", this::openActive);
    step("run a notebook: a sentence says what to install", this::runNotebook);
    step("edit and save a file", this::edit);
    step("make a folder", () -> make("New Folder", "Folder name", "dir one"));
    step("make a file", () -> make("New File", "File name", "fresh.txt"));
    step("rename a file", this::rename);
    step("delete a file", this::delete);
    step("upload a folder", this::uploadFolder);
    step("download a file", this::downloadFile);
    step("download two selected files", this::downloadSelected);
    step("download the shown folder", () -> downloadZip(() -> person.chooseForFolder("Download")));
    step(
        "search in contents",
        () -> {
          person.search("edited by");
          person.awaitFiles("code\\.py");
          person.search("");
          person.awaitRow("notes.md");
        });
    step("compare two files", this::compare);
    step("look into /home and /", this::lookAround);
    step(
        "ports: none, and no error",
        () -> {
          person
              .page()
              .getByText("Ports", new Page.GetByTextOptions().setExact(true))
              .first()
              .click();
          person.awaitFiles("No servers detected");
          person.takeBadAnswers();
          // The pane asks every five seconds.
          person.pause(6_000);
          assertThat(person.takeBadAnswers()).isEmpty();
        });
  }

  /**
   * Opens a file of each type that browsers run. The script in it would take the token that Open
   * WebUI keeps in the browser.
   */
  private void openActive() {
    List<String> ran = new ArrayList<>();
    for (String type : ACTIVE) {
      Path file = home.resolve("active." + type);
      Object written =
          person
              .page()
              .evaluate(
                  WRITE,
                  Map.of(
                      "address", address("/files/write"),
                      "path", file.toString(),
                      "content", HTML.contains(type) ? "<!doctype html>" + THIEF : DOCUMENT));
      assertThat(written).as(type).isEqualTo(200);
      if (person.openTabIfShown(address("/files/serve" + file))) {
        assertThat(person.inTab("self.origin")).as(type).isEqualTo("null");
        assertThat(person.inTab("document.documentElement.getAttribute('token')"))
            .as(type)
            .isEqualTo("null");
        if (person.inTab("document.documentElement.getAttribute('ran')").equals("yes")) {
          ran.add(type);
        }
      }
      person.closeTab();
    }
    assertThat(ran).contains("html", "xhtml", "svg");
  }

  private void upload() throws IOException {
    List<Path> all;
    try (Stream<Path> listed = Files.list(fixtures)) {
      all = listed.filter(Files::isRegularFile).sorted().toList();
    }
    person.upload(all);
    for (Path file : all) {
      person.awaitRow(file.getFileName().toString());
    }
    person.screenshot("files");
  }

  private void previews() {
    preview(
        "page.html",
        () -> person.await("the preview", person::frames, Pattern.compile("script ran 42")));
    preview("pic.png", () -> seen("img"));
    preview("vector.svg", () -> seen("img, svg circle"));
    preview("paper.pdf", () -> seen("canvas, iframe, embed, object"));
    preview("words.docx", () -> showing("Words of a document"));
    preview("table.xlsx", () -> showing("apple"));
    preview("slides.pptx", () -> seen("img, canvas, svg"));
    preview("notes.md", () -> showing("Title of notes"));
    preview("data.csv", () -> showing("anna"));
    preview("data.json", () -> showing("42"));
    preview("base.sqlite", () -> showing("planets"));
    preview("blob.bin", () -> person.awaitFiles("(?i)binary|blob\\.bin"));
    preview("book.ipynb", () -> showing("print"));
  }

  private void preview(String file, Action look) {
    step(
        "preview of " + file,
        () -> {
          person.openFile(file);
          try {
            look.run();
          } finally {
            person.screenshot("preview-" + file.replace('.', '-'));
            person.backToList();
          }
        });
  }

  private void showing(String text) {
    person.await(
        "the preview", () -> person.files().innerText() + person.frames(), Pattern.compile(text));
  }

  private void seen(String selector) {
    person.files().locator(selector).last().waitFor();
  }

  private void runNotebook() {
    person.openFile("book.ipynb");
    person.page().getByText("Run All", new Page.GetByTextOptions().setExact(true)).first().click();
    String text = person.awaitFiles("cannot run notebooks, because the Python packages");
    person.screenshot("notebook");
    assertThat(text).doesNotContain("Not Found");
    person.backToList();
  }

  private void edit() {
    person.openFile("code.py");
    var edit = person.page().locator("[aria-label='Edit']");
    if (edit.count() > 0) {
      edit.first().click();
    }
    person.files().locator(".cm-content, textarea").first().click();
    person.page().keyboard().press("Control+End");
    person.page().keyboard().type("print(\"edited by hand\")");
    person.page().locator("[aria-label='Save']").first().click();
    person.pause(1_000);
    person.backToList();
    person.openFile("code.py");
    showing("edited by hand");
    person.backToList();
  }

  private void make(String item, String field, String name) {
    person.chooseForFolder(item);
    person.page().locator("[aria-label='" + field + "']").fill(name);
    person.page().keyboard().press("Enter");
    person.pause(1_000);
    if (!person.showsList()) {
      person.backToList();
    }
    person.awaitRow(name);
  }

  private void rename() {
    person.chooseFor("fresh.txt", "Rename");
    person.page().keyboard().press("Control+A");
    person.page().keyboard().type("renamed ü.txt");
    person.page().keyboard().press("Enter");
    person.awaitRow("renamed ü.txt");
    // Open WebUI sends each rename twice; a message of the second would follow at once.
    person.pause(1_000);
    assertThat(person.toasts())
        .noneMatch(toast -> toast.matches("(?is).*(exist|found|fail|stat).*"));
  }

  private void delete() {
    person.chooseFor("renamed ü.txt", "Delete");
    person
        .page()
        .getByRole(
            AriaRole.BUTTON, new Page.GetByRoleOptions().setName(Pattern.compile("Delete|Confirm")))
        .last()
        .click();
    person.awaitNoRow("renamed ü.txt");
  }

  private void uploadFolder() throws IOException {
    Path folder = Files.createDirectories(fixtures.resolve("tree"));
    Files.createDirectories(folder.resolve("deep"));
    Files.writeString(folder.resolve("top.txt"), "top\n");
    Files.writeString(folder.resolve("deep/below.txt"), "below\n");
    person.uploadFolder(folder);
    person.awaitRow("tree");
    person.row("tree").click();
    person.awaitRow("deep");
    person.awaitRow("top.txt");
    person.row("deep").click();
    person.awaitRow("below.txt");
    goHome();
  }

  private void goHome() {
    person.goTo(home.getFileName().toString());
  }

  private void downloadFile() throws IOException {
    Download download = person.download(() -> person.chooseFor("pic.png", "Download"));
    assertThat(download.suggestedFilename()).isEqualTo("pic.png");
    assertThat(download.path()).hasSameBinaryContentAs(fixtures.resolve("pic.png"));
  }

  private void downloadSelected() {
    person.select("notes.md", "code.py");
    person.screenshot("selected");
    downloadZip(
        () ->
            person
                .page()
                .getByRole(
                    AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Download").setExact(true))
                .last()
                .click());
    person.escape();
  }

  private void downloadZip(Runnable choice) {
    Download download = person.download(choice);
    assertThat(download.suggestedFilename()).endsWith(".zip");
    try {
      assertThat(Files.readAllBytes(download.path())).startsWith('P', 'K');
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private void compare() {
    person.chooseFor("code.py", "Select for Compare");
    person.chooseFor("notes.md", "Compare with Selected");
    person.await("the comparison", person::text, Pattern.compile("edited by hand"));
    person.screenshot("compare");
    assertThat(person.text()).doesNotContain("not available");
    person.escape();
  }

  private void lookAround() {
    person.goTo("home");
    person.awaitRow(home.getFileName().toString());
    person.screenshot("slash-home");
    assertThat(person.files().innerText()).doesNotContain("gatehouse-");
    person.goTo("/");
    person.awaitRow("etc");
    person.screenshot("slash");
    person.row("home").click();
    person.row(home.getFileName().toString()).click();
    person.awaitRow("notes.md");
  }

  // --- The shell

  private void shell() {
    step(
        "open a shell and type",
        () -> {
          person.openShell();
          person.enter("echo uid-$(id -u); tty; echo TERM=$TERM");
          person.awaitShell("uid-[1-9][0-9]{3,4}$");
          person.awaitShell("/dev/pts/\\d+");
          person.awaitShell("TERM=xterm-256color");
          person.enter("printf '\\033[1;32mgreen\\033[0m äöü 漢字 \\U1F642\\n'");
          person.awaitShell("green äöü 漢字 🙂");
          person.screenshot("shell");
        });
    step("resize the shell by dragging", this::resize);
    step(
        "interrupt what runs",
        () -> {
          // An interrupt that comes before the shell has started the program is lost.
          person.enter("clear; echo sleeps-$((1 + 1)); sleep 1000");
          person.awaitShell("sleeps-2");
          person.page().keyboard().press("Control+C");
          // The narrow terminal may wrap its line between the two characters.
          person.awaitShell("\\^\\s*C");
        });
    step("interrupt a flood that is held back", this::interruptFlood);
    step("vim across a reload of the page", this::vim);
    step("htop, and the screen before it", this::htop);
    step("a running build is found again after a reload", this::build);
    step(
        "exit ends the shell",
        () -> {
          person.enter("exit");
          person.awaitShell("(?i)closed");
        });
  }

  /** More terminals flood than there are processors, so this one is held back too. */
  private void interruptFlood() {
    int others = Runtime.getRuntime().availableProcessors() + 1;
    try {
      person.page().evaluate(FLOOD, Map.of("connection", connectionAddress, "count", others));
      // The first hundred thousand numbers are more than what is shown before it is held back.
      person.enter("clear; seq inf");
      person.awaitShell("^[1-9]\\d{5,}$");
      person.page().keyboard().press("Control+C");
      person.awaitShell("\\^\\s*C");
      person.enter("clear; echo alive-$((1 + 1))");
      person.awaitShell("alive-2");
    } finally {
      person.page().evaluate(END_FLOOD);
    }
  }

  private void resize() {
    person.enter("clear; stty size");
    int before = rows(person.awaitShell("^\\d+ \\d+$"));
    BoundingBox handle = person.page().locator(".cursor-row-resize").first().boundingBox();
    person.page().mouse().move(handle.x + handle.width / 2, handle.y + 1);
    person.page().mouse().down();
    person.page().mouse().move(handle.x + handle.width / 2, handle.y - 75);
    person.page().mouse().move(handle.x + handle.width / 2, handle.y - 150);
    person.page().mouse().up();
    person.enter(
        "clear; until [ $(stty size | cut -d' ' -f1) -gt %d ]; do sleep 0.1; done; echo"
                .formatted(before)
            + " larger-$((40 + 2))");
    person.awaitShell("larger-42$");
  }

  private static int rows(String shell) {
    return shell
        .lines()
        .filter(line -> line.matches("\\d+ \\d+ *"))
        .map(line -> Integer.parseInt(line.substring(0, line.indexOf(' '))))
        .findFirst()
        .orElseThrow();
  }

  private void reload() {
    person.reload();
    person.page().waitForSelector("[aria-label='File browser']");
    if (person.shellIsFolded()) {
      person.page().locator("button[aria-label='Expand terminal']").click();
    }
  }

  private void vim() {
    person.enter("clear; vim poem.txt");
    person.awaitShell("^~");
    person.type("iroses are red");
    person.awaitShell("roses are red");
    reload();
    // The new page shows vim's screen again, and vim is still in insert mode.
    person.awaitShell("roses are red");
    person.type(", violets are blue");
    person.awaitShell("roses are red, violets are blue");
    person.screenshot("vim");
    person.page().keyboard().press("Escape");
    person.enter(":wq");
    // Keys that are typed before vim has ended are lost.
    person.awaitShell("\\$ $");
    person.enter("clear; tr a-z A-Z <poem.txt");
    person.awaitShell("ROSES ARE RED, VIOLETS ARE BLUE");
  }

  private void htop() {
    person.enter("clear; echo before-$((1 + 1)); htop");
    person.awaitShell("F1Help");
    person.screenshot("htop");
    person.type("q");
    person.awaitShell("before-2");
    person.awaitShell("\\$ $");
  }

  private void build() {
    person.enter(
        "clear; echo shell-$$; for i in {1..30}; do echo compiling file $i; sleep 0.2; done; echo"
            + " built-$((1 + 1))");
    person.awaitShell("compiling file 5$");
    String shell =
        person
            .shell()
            .lines()
            .filter(line -> line.matches("shell-[0-9]+"))
            .findFirst()
            .orElseThrow();
    reload();
    String screen = person.awaitShell("built-2");
    assertThat(screen).contains("compiling file 30").containsOnlyOnce("compiling file 29\n");
    person.enter("clear; echo again-$$");
    person.awaitShell("again" + shell.substring("shell".length()) + "$");
  }

  // --- The chat

  private void chat() {
    step("run_command", this::runCommand);
    step("write, read, replace, list and grep files", this::fileTools);
    step("display_file", this::display);
    step("a running command is listed and has a tab in the dock", this::dock);
    step("the model reads the user's shell and types into it", this::userTerminal);
    step("the system prompt and AGENTS.md reach the model", this::prompts);
    step("the page of a new chat shows no commands of others", this::newChat);
  }

  private void runCommand() {
    var answered =
        person.ask(
            model,
            "call run_command {\"command\": \"echo made-$(id -u) | tee made.txt; pwd\", \"wait\":"
                + " 5}");
    assertThat(answered.results().getFirst())
        .containsPattern("made-[1-9][0-9]{3,4}")
        .contains(home.toString());
    person.screenshot("run-command");
  }

  private void fileTools() {
    var answered =
        person.ask(
            model,
            "call write_file {\"path\": \"w.txt\", \"content\": \"alpha\\nbeta\\n\"}",
            "call replace_file_content {\"path\": \"w.txt\", \"replacements\": [{\"target\":"
                + " \"beta\", \"replacement\": \"gamma\"}]}",
            "call read_file {\"path\": \"w.txt\"}",
            "call list_files {\"show_hidden\": true}",
            "call grep_search {\"query\": \"GAMMA\", \"case_insensitive\": true}");
    assertThat(answered.results()).hasSize(5).noneMatch(result -> result.contains("HTTP error"));
    assertThat(answered.results().get(2)).contains("gamma");
    assertThat(answered.results().get(3)).contains(".bashrc");
    assertThat(answered.results().get(4)).contains("w.txt");
  }

  private void display() {
    var answered = person.ask(model, "call display_file {\"path\": \"page.html\"}");
    assertThat(answered.results().getFirst()).contains("page.html").contains("open_terminal");
    person.await("the preview", person::frames, Pattern.compile("script ran 42"));
    person.backToList();
  }

  private void dock() {
    var answered =
        person.ask(
            model,
            "call run_command {\"command\": \"for i in {1..40}; do echo tick $i; sleep 0.5; done\","
                + " \"wait\": 1}",
            "call list_processes {}");
    assertThat(answered.results().get(1)).contains("running").contains("tick");
    if (person.shellIsFolded()) {
      person.openShell();
    }
    person.dockTab("tick").click();
    person.awaitShell("tick 7$");
    person.screenshot("dock");
    person.dockTab("Shell").click();
  }

  private void userTerminal() {
    person.enter("clear; echo seen-$((40 + 2))");
    person.awaitShell("seen-42$");
    var answered =
        person.ask(
            model,
            "call read_user_terminal {}",
            "call send_user_terminal_input {\"input\": \"echo typed-$((2 * 21))\\n\"}");
    assertThat(answered.results().getFirst()).contains("seen-42").doesNotContain("\\u001b");
    person.awaitShell("typed-42$");
  }

  private void prompts() {
    var unused =
        person.ask(
            model,
            "call write_file {\"path\": \"AGENTS.md\", \"content\": \"Always be brief-17.\"}");
    String messages = person.ask(model).messages().toString();
    assertThat(messages).contains("brief-17").contains("Linux");
  }

  private void newChat() {
    person.visit("/");
    person.page().waitForSelector("[aria-label='File browser']");
    if (person.shellIsFolded()) {
      person.openShell();
    }
    // The dock asks every second.
    person.pause(2_500);
    assertThat(person.dockTab("tick").count()).isZero();
  }
}
