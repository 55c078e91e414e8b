package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.RealSshd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests notebooks with real kernels in real logins. */
final class NotebookIT {

  private static final String KEY = "notebook-test-key";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static RealSshd sshd;
  private static RunningGateway gateway;
  private static Client nora;
  private static Client otto;
  private static String home;

  private final List<String> opened = new ArrayList<>();

  @BeforeAll
  static void start() {
    Assumptions.assumeTrue(
        Files.isDirectory(Path.of("/usr/lib/python3/dist-packages/ipykernel")),
        "needs python3-ipykernel");
    sshd = RealSshd.start();
    gateway = sshd.startGateway(KEY, Map.of("GATEHOUSE_NOTEBOOK_CELL_TIMEOUT", "5"));
    Client anybody = client(gateway);
    nora = anybody.user("nora");
    otto = anybody.user("ottoid");
    home = nora.run("pwd").output().strip();
    assertThat(otto.run("true").exitCode()).isZero();
  }

  private static Client client(RunningGateway gateway) {
    return new Client(
        "http://127.0.0.1:" + gateway.port(), Map.of("Authorization", "Bearer " + KEY));
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(gateway, sshd);
  }

  @AfterEach
  void end() {
    opened.forEach(id -> nora.delete("/notebooks/" + id));
  }

  private static Map<String, Object> cell(String type, String source) {
    Map<String, Object> cell = new LinkedHashMap<>();
    cell.put("cell_type", type);
    cell.put("metadata", Map.of());
    cell.put("source", source);
    return cell;
  }

  private static String notebook(String kernel, List<Map<String, Object>> cells) {
    try {
      return JSON.writeValueAsString(
          Map.of(
              "nbformat",
              4,
              "nbformat_minor",
              4,
              "metadata",
              kernel.isEmpty() ? Map.of() : Map.of("kernelspec", Map.of("name", kernel)),
              "cells",
              cells));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void write(String path, String content) {
    assertThat(nora.post("/files/write", Map.of("path", path, "content", content)).status())
        .isEqualTo(200);
  }

  private static JsonNode read(String path) {
    Answer answer = nora.get("/files/view?path=" + URLEncoder.encode(path, StandardCharsets.UTF_8));
    assertThat(answer.status()).isEqualTo(200);
    return answer.json();
  }

  private static void writeCells(String path, String... code) {
    List<Map<String, Object>> cells = new ArrayList<>();
    for (String each : code) {
      cells.add(cell("code", each));
    }
    write(path, notebook("", cells));
  }

  private String open(String path) {
    Answer answer = nora.post("/notebooks", Map.of("path", path));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.json().path("status").asText()).isEqualTo("ready");
    String id = answer.json().path("id").asText();
    assertThat(id).matches("[0-9a-f]{12}");
    opened.add(id);
    return id;
  }

  private static JsonNode execute(String id, int cell) {
    Answer answer = nora.post("/notebooks/" + id + "/execute", Map.of("cell_index", cell));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  private static JsonNode execute(String id, String source) {
    return execute(nora, id, source);
  }

  private static JsonNode execute(Client user, String id, String source) {
    Answer answer =
        user.post("/notebooks/" + id + "/execute", Map.of("cell_index", 0, "source", source));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  private static CompletableFuture<JsonNode> executing(String id, String source) {
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> answer.complete(execute(id, source)));
    await().atMost(LIMIT).until(() -> status(id).equals("busy"));
    return answer;
  }

  private static String status(String id) {
    return nora.get("/notebooks/" + id).json().path("status").asText();
  }

  private static String text(JsonNode answer) {
    StringBuilder text = new StringBuilder();
    answer.path("outputs").forEach(each -> text.append(each.path("text").asText()));
    return text.toString();
  }

  private static JsonNode last(JsonNode answer) {
    JsonNode outputs = answer.path("outputs");
    return outputs.path(outputs.size() - 1);
  }

  @Test
  void runsTheCellsOfANotebookAndWritesThemBack() {
    write(
        "work/first.ipynb",
        notebook(
            "python3",
            List.of(
                cell("code", "import os\nx = 20\nprint(os.path.basename(os.getcwd()))\nx + 1"),
                cell("markdown", "# A title"),
                cell("code", "x += 1\nx"),
                cell("raw", "raw"))));
    String id = open("work/first.ipynb");

    Answer shown = nora.get("/notebooks/" + id);
    assertThat(shown.json().path("path").asText()).isEqualTo(home + "/work/first.ipynb");
    assertThat(shown.json().path("kernel").asText()).isEqualTo("python3");
    assertThat(shown.json().path("status").asText()).isEqualTo("ready");

    JsonNode first = execute(id, 0);
    assertThat(first.path("status").asText()).isEqualTo("ok");
    assertThat(first.path("execution_count").asInt()).isEqualTo(1);
    // The notebook's own folder is the working directory.
    assertThat(first.at("/outputs/0").toString())
        .isEqualTo("{\"output_type\":\"stream\",\"name\":\"stdout\",\"text\":\"work\\n\"}");
    assertThat(first.at("/outputs/1/data/text~1plain").asText()).isEqualTo("21");
    for (int each : List.of(1, 3)) {
      assertThat(execute(id, each).toString())
          .isEqualTo("{\"status\":\"ok\",\"execution_count\":null,\"outputs\":[]}");
    }
    assertThat(last(execute(id, 2)).at("/data/text~1plain").asText()).isEqualTo("21");

    JsonNode file = read("work/first.ipynb");
    assertThat(file.at("/cells/0/outputs/0/text").asText()).isEqualTo("work\n");
    assertThat(file.at("/cells/2/execution_count").asInt()).isEqualTo(2);
    assertThat(file.at("/metadata/kernelspec/name").asText()).isEqualTo("python3");
    assertThat(nora.delete("/notebooks/" + id).json().path("status").asText()).isEqualTo("stopped");
    assertThat(nora.get("/notebooks/" + id).detail()).isEqualTo("Session not found");
    awaitNoKernel();
  }

  private static void awaitNoKernel() {
    await()
        .atMost(LIMIT)
        .until(() -> nora.run("pgrep -u $UID -f '[i]pykernel'").output().isEmpty());
  }

  @Test
  void showsTheKernelsOutputsAndThenItsError() {
    writeCells("error.ipynb", "pass");
    String id = open("error.ipynb");
    JsonNode failed = execute(id, "print('before')\n1/0");
    assertThat(failed.path("status").asText()).isEqualTo("error");
    assertThat(text(failed)).isEqualTo("before\n");
    assertThat(last(failed).path("ename").asText()).isEqualTo("ZeroDivisionError");
    assertThat(last(failed).path("evalue").asText()).isEqualTo("division by zero");
    assertThat(last(failed).path("traceback").size()).isPositive();

    JsonNode asked = execute(id, "input('name?')");
    assertThat(last(asked).path("ename").asText()).isEqualTo("StdinNotImplementedError");

    JsonNode shown =
        execute(
            id,
            """
            from IPython.display import HTML, display
            display(HTML('<b>bold</b>'))
            display({'image/png': 'iVBORw0K'}, raw=True)
            display({'application/json': {'a': float('nan')}}, raw=True)\
            """);
    assertThat(shown.path("status").asText()).as(shown.toString()).isEqualTo("ok");
    assertThat(shown.at("/outputs/0/data/text~1html").asText()).isEqualTo("<b>bold</b>");
    assertThat(shown.at("/outputs/1/data/image~1png").asText()).isEqualTo("iVBORw0K");
  }

  @Test
  void boundsWhatACellPutsOut() {
    writeCells("long.ipynb", "pass");
    String id = open("long.ipynb");
    JsonNode printed =
        execute(id, "import sys\nfor i in range(40): print('x' * 1_000_000)\nprint('the end')");
    assertThat(printed.path("status").asText()).isEqualTo("ok");
    assertThat(text(printed))
        .startsWith("xxx")
        .endsWith("x\nthe end\n")
        .contains("characters are left out: a cell shows the first and the last 0.5 MB")
        .hasSizeBetween(1 << 20, (1 << 20) + 1000);

    JsonNode picture =
        execute(id, "display({'image/png': 'A' * 20_000_000, 'text/plain': 'a plot'}, raw=True)");
    assertThat(picture.at("/outputs/0/data").has("image/png")).isFalse();
    assertThat(picture.at("/outputs/0/data/text~1plain").asText())
        .isEqualTo(
            "[image/png of 19.1 MB: left out, because a cell shows 8.0 MB of pictures and the like"
                + " at most.]\na plot");
    JsonNode many = execute(id, "for i in range(3000): display(i)");
    assertThat(many.path("outputs").size()).isEqualTo(1001);
    assertThat(text(many)).contains("A cell shows 1000 outputs at most");
    assertThat(last(execute(id, "1 + 1")).at("/data/text~1plain").asText()).isEqualTo("2");
  }

  @Test
  void boundsASingleOutputAndGoesOn() {
    // The limit of the other tests is too short for these cells.
    try (RunningGateway patient =
        sshd.startGateway(KEY, Map.of("GATEHOUSE_NOTEBOOK_CELL_TIMEOUT", "100"))) {
      Client pia = client(patient).user("nora");
      writeCells("single.ipynb", "1");
      String id = pia.post("/notebooks", Map.of("path", "single.ipynb")).json().path("id").asText();
      // 120 MB in one message are not parsed; their ends are shown.
      assertThat(text(execute(pia, id, "print('first' + 'é\\n' * 40_000_000 + 'last')")))
          .startsWith("firsté\né")
          .contains("characters are left out: a cell shows the first and the last 0.5 MB")
          .endsWith("é\nlast\n");
      assertThat(text(execute(pia, id, "display({'image/png': 'A' * 200_000_000}, raw=True)")))
          .contains("[An output of 190.7 MB is left out: the most is 64.0 MB.]");
      // zmq takes no message of this size and closes the connection.
      assertThat(text(execute(pia, id, "print('x' * 600_000_000)")))
          .contains("A single output must have less than 512.0 MB.");
      assertThat(last(execute(pia, id, "2 + 2")).at("/data/text~1plain").asText()).isEqualTo("4");
    }
  }

  @Test
  void interruptsACellAtItsLimitAndWhenAsked() {
    writeCells("slow.ipynb", "pass");
    String id = open("slow.ipynb");
    JsonNode late = execute(id, "kept = 1\nimport time\ntime.sleep(600)");
    assertThat(late.path("status").asText()).isEqualTo("error");
    assertThat(last(late).path("ename").asText()).isEqualTo("CellTimeoutError");
    assertThat(last(late).at("/traceback/0").asText())
        .isEqualTo(
            "The cell took more than 5 seconds and was interrupted. For longer work, start a"
                + " command in the terminal.");

    CompletableFuture<JsonNode> running = executing(id, "print('begun')\ntime.sleep(4)");
    Answer second = nora.post("/notebooks/" + id + "/execute", Map.of("cell_index", 0));
    assertThat(second.status()).isEqualTo(409);
    assertThat(second.detail()).isEqualTo("Cell already executing");
    assertThat(nora.post("/notebooks/" + id + "/interrupt", Map.of()).status()).isEqualTo(200);
    assertThat(last(running.join()).path("ename").asText()).isEqualTo("KeyboardInterrupt");
    assertThat(last(execute(id, "kept")).at("/data/text~1plain").asText()).isEqualTo("1");
  }

  @Test
  void restartsAKernelAlsoWhileItWorksOrHasDied() {
    writeCells("again.ipynb", "pass");
    String id = open("again.ipynb");
    assertThat(execute(id, "kept = 1").path("status").asText()).isEqualTo("ok");
    CompletableFuture<JsonNode> running = executing(id, "import time\ntime.sleep(4)");
    Answer restarted = nora.post("/notebooks/" + id + "/restart", Map.of());
    assertThat(restarted.status()).as(restarted.body()).isEqualTo(200);
    assertThat(last(running.join()).path("ename").asText()).isEqualTo("KernelRestarted");
    assertThat(last(execute(id, "kept")).path("ename").asText()).isEqualTo("NameError");

    JsonNode died = execute(id, "import os\nos.kill(os.getpid(), 9)");
    assertThat(last(died).path("ename").asText()).isEqualTo("DeadKernelError");
    assertThat(last(died).path("evalue").asText()).isEqualTo("Kernel died");
    assertThat(last(execute(id, "1")).path("ename").asText()).isEqualTo("DeadKernelError");
    assertThat(nora.post("/notebooks/" + id + "/restart", Map.of()).status()).isEqualTo(200);
    assertThat(execute(id, "1").path("execution_count").asInt()).isEqualTo(1);
  }

  @Test
  void keepsWhatSomebodyEditsMeanwhile() {
    writeCells("edited.ipynb", "1", "2");
    String id = open("edited.ipynb");
    // Another cell is edited while this one runs.
    JsonNode ran =
        execute(
            id,
            """
            import json
            book = json.load(open('edited.ipynb'))
            book['cells'][1]['source'] = 'edited'
            json.dump(book, open('edited.ipynb', 'w'))
            'done'\
            """);
    assertThat(ran.path("status").asText()).isEqualTo("ok");
    JsonNode file = read("edited.ipynb");
    assertThat(file.at("/cells/1/source").asText()).isEqualTo("edited");
    assertThat(file.at("/cells/0/outputs/0/data/text~1plain").asText()).isEqualTo("'done'");

    // A cell that was added on disk can run at once.
    writeCells("edited.ipynb", "1", "2", "'third'");
    assertThat(last(execute(id, 2)).at("/data/text~1plain").asText()).isEqualTo("'third'");

    // The cell itself is edited while it runs: the edit stays, and a line says so.
    JsonNode lost =
        execute(
            id,
            """
            book = json.load(open('edited.ipynb'))
            book['cells'][0]['source'] = 'mine'
            json.dump(book, open('edited.ipynb', 'w'))\
            """);
    assertThat(text(lost)).contains("The outputs are not saved: somebody changed or removed");
    assertThat(read("edited.ipynb").at("/cells/0/source").asText()).isEqualTo("mine");
  }

  @Test
  void refusesWhatCannotBeOpened() {
    Answer none = nora.post("/notebooks", Map.of("path", "none.ipynb"));
    assertThat(none.status()).isEqualTo(404);
    assertThat(none.detail()).isEqualTo("Notebook not found: " + home + "/none.ipynb");
    write("bad.ipynb", "{");
    Answer bad = nora.post("/notebooks", Map.of("path", "bad.ipynb"));
    assertThat(bad.status()).isEqualTo(400);
    assertThat(bad.detail()).startsWith("Invalid notebook: it is no JSON");
    write("r.ipynb", notebook("no-such-kernel", List.of()));
    Answer kernel = nora.post("/notebooks", Map.of("path", "r.ipynb"));
    assertThat(kernel.status()).isEqualTo(500);
    assertThat(kernel.detail())
        .startsWith("Failed to start kernel 'no-such-kernel': there is no kernel of this name")
        .contains("python3");
    assertThat(nora.post("/notebooks", Map.of()).status()).isEqualTo(422);
    writeCells("range.ipynb", "1");
    String id = open("range.ipynb");
    for (int each : List.of(-1, 1)) {
      Answer range = nora.post("/notebooks/" + id + "/execute", Map.of("cell_index", each));
      assertThat(range.status()).isEqualTo(400);
      assertThat(range.detail()).isEqualTo("cell_index " + each + " out of range (0..0)");
    }
    nora.run("mkfifo pipe.ipynb; ln -s /dev/zero zero.ipynb");
    for (String path : List.of("pipe.ipynb", "zero.ipynb", "/")) {
      Answer strange = nora.post("/notebooks", Map.of("path", path));
      assertThat(strange.status()).as(path).isEqualTo(400);
      assertThat(strange.detail()).startsWith("Invalid notebook: ");
    }
  }

  @Test
  void keepsKernelsOfUsersApart() {
    writeCells("mine.ipynb", "1");
    String id = open("mine.ipynb");
    assertThat(execute(id, "secret = 'of nora'").path("status").asText()).isEqualTo("ok");
    for (Answer each :
        List.of(
            otto.get("/notebooks/" + id),
            otto.post("/notebooks/" + id + "/execute", Map.of("cell_index", 0)),
            otto.post("/notebooks/" + id + "/interrupt", Map.of()),
            otto.post("/notebooks/" + id + "/restart", Map.of()),
            otto.delete("/notebooks/" + id))) {
      assertThat(each.status()).isEqualTo(404);
      assertThat(each.detail()).isEqualTo("Session not found");
    }
    Answer file = otto.post("/notebooks", Map.of("path", home + "/mine.ipynb"));
    assertThat(file.status()).isEqualTo(400);
    assertThat(file.detail()).isEqualTo("Invalid notebook: it cannot be read: Permission denied");
    // The kernel's sockets lie in a folder of nora's own.
    String sockets =
        execute(
                id,
                """
                import glob, os, sys
                from ipykernel.connect import get_connection_file
                print(os.path.dirname(get_connection_file()))\
                """)
            .at("/outputs/0/text")
            .asText()
            .strip();
    // Jupyter adds the sticky bit.
    assertThat(nora.run("stat -c %a " + sockets).output().strip()).isIn("700", "1700");
    // ipykernel itself has one port on loopback, which takes output of its forked children with a
    // secret of 16 bytes (IOPubThread._setup_pipe_in). The five of the protocol are none.
    String ports =
        """
        own = {os.readlink(f'/proc/self/fd/{each}') for each in os.listdir('/proc/self/fd')
               if os.path.islink(f'/proc/self/fd/{each}')}
        tcp = {f'socket:[{line.split()[9]}]' for name in ('tcp', 'tcp6')
               for line in open('/proc/self/net/' + name).readlines()[1:]}
        print(len(own) > 5, len(own & tcp) <= 1)\
        """;
    assertThat(text(execute(id, ports))).isEqualTo("True True\n");
    assertThat(otto.run("ls " + sockets).exitCode()).isNotZero();
    assertThat(execute(id, "secret").path("status").asText()).isEqualTo("ok");
  }

  /** Every cell says that it takes no input, but R's kernel asks nevertheless. */
  @Test
  void givesEmptyLinesToAKernelThatAsksForInput() {
    nora.run(
        """
        mkdir -p .local/share/jupyter/kernels/asks
        cat >asks.py <<'END'
        from ipykernel.ipkernel import IPythonKernel
        from ipykernel.kernelapp import IPKernelApp
        class Asking(IPythonKernel):
            _allow_stdin = property(lambda self: True, lambda self, value: None)
        IPKernelApp.launch_instance(kernel_class=Asking)
        END
        echo "{\\"argv\\": [\\"python3\\", \\"$HOME/asks.py\\", \\"-f\\", \\"{connection_file}\\"]}" \
          >.local/share/jupyter/kernels/asks/kernel.json\
        """);
    try {
      write(
          "asks.ipynb",
          notebook(
              "asks",
              List.of(cell("code", "input('name? '), input('age? ')"), cell("code", "1 + 1"))));
      String id = open("asks.ipynb");
      JsonNode answer = execute(id, 0);
      assertThat(text(answer))
          .containsOnlyOnce("The cell asks for input, which cells cannot get here");
      assertThat(answer.at("/outputs").findValuesAsText("text/plain")).containsExactly("('', '')");
      assertThat(last(execute(id, 1)).at("/data/text~1plain").asText()).isEqualTo("2");
    } finally {
      nora.run("rm -r .local/share/jupyter/kernels asks.py");
    }
  }

  /**
   * The program that starts kernels begins at the home, and the kernel in the notebook's folder.
   */
  @Test
  void isNotMisledByFilesNamedLikeModules() {
    String traps = "json.py hashlib.py zmq.py nbformat.py";
    nora.run("echo 'raise SystemExit(9)' | tee " + traps);
    try {
      writeCells("trap/book.ipynb", "1 + 1");
      String id = open("trap/book.ipynb");
      assertThat(last(execute(id, 0)).at("/data/text~1plain").asText()).isEqualTo("2");
    } finally {
      nora.run("rm -f " + traps);
    }
  }

  /** The import of debugpy is a fifth of the work of the start of Debian's ipykernel. */
  @Test
  void startsAKernelWithoutDebugpyAndLeavesItToCells() {
    nora.run("mkdir -p light && echo 'raise SystemExit(9)' >light/traitlets.py");
    writeCells("light/book.ipynb", "import sys; print('debugpy' in sys.modules)");
    String id = open("light/book.ipynb");
    assertThat(text(execute(id, 0))).isEqualTo("False\n");
    assertThat(
            text(
                execute(
                    id, "import debugpy, os; print(debugpy.__name__, sys.path[0] == os.getcwd())")))
        .isEqualTo("debugpy True\n");
  }

  /**
   * The program that runs the kernel is the user's own process, so the user can write what it is
   * taken to say.
   */
  @Test
  void endsAProgramThatItsUserMakesLie() {
    writeCells("lie.ipynb", "1 + 1");
    // It takes the descriptor of the answers out of the program, and writes to it.
    String liar =
        """
        import ctypes, os, subprocess, sys
        pid = int(subprocess.run(['pgrep', '-n', '-u', str(os.getuid()), '-f',
            '^/usr/bin/python3 -I [^ ]*/notebook$'], capture_output=True, check=True).stdout)
        pidfd_getfd = 438
        answers = min(int(fd) for fd in os.listdir(f'/proc/{pid}/fd') if int(fd) > 2)
        got = ctypes.CDLL(None).syscall(pidfd_getfd, os.pidfd_open(pid), answers, 0)
        print('told' if got >= 0 else 'refused', flush=True)
        if got >= 0 and os.fork() == 0:
            os.setsid()
            for each in (0, 1, 2):
                os.dup2(os.open(os.devnull, os.O_RDWR), each)
            os.set_blocking(got, True)
            lie = sys.argv[1].encode()
            for each in range(1 if lie.startswith(b'{') else 30):
                data = lie + b'\\n' if lie.startswith(b'{') else lie * 1000000
                while data:
                    data = data[os.write(got, data):]
        """;
    write("liar.py", liar);
    for (String lie : List.of("x", "{\"status\":\"ok\",\"other\":1}")) {
      String id = open("lie.ipynb");
      String told = nora.run("python3 liar.py '" + lie + "'").output();
      Assumptions.assumeFalse(told.contains("refused"), "this machine lets nobody do that");
      assertThat(told).isEqualTo("told\n");
      JsonNode answer = execute(id, 0);
      assertThat(answer.path("status").asText()).isEqualTo("error");
      assertThat(last(answer).path("ename").asText()).isEqualTo("DeadKernelError");
      assertThat(last(answer).at("/traceback/0").asText())
          .startsWith("The program that runs the kernel has ended: ")
          .endsWith(" Open the notebook again to start a new kernel.");
      assertThat(otto.run("echo works").output()).isEqualTo("works\n");
      assertThat(nora.delete("/notebooks/" + id).status()).isEqualTo(200);
    }
    awaitNoKernel();
  }

  @Test
  void makesRoomForANewKernelAndEndsAllWithTheAccountsProcesses() {
    List<String> ids = new ArrayList<>();
    for (int each = 0; each < 5; each++) {
      writeCells("room" + each + ".ipynb", "1");
      ids.add(open("room" + each + ".ipynb"));
    }
    assertThat(nora.get("/notebooks/" + ids.getFirst()).status()).isEqualTo(404);
    assertThat(nora.get("/notebooks/" + ids.get(1)).status()).isEqualTo(200);
    assertThat(nora.delete("/processes").status()).isEqualTo(200);
    awaitNoKernel();
    JsonNode dead = execute(ids.getLast(), 0);
    assertThat(last(dead).path("ename").asText()).isEqualTo("DeadKernelError");
  }

  @Test
  void endsAnIdleKernel() {
    try (RunningGateway brief =
        sshd.startGateway(KEY, Map.of("GATEHOUSE_NOTEBOOK_IDLE_END", "1"))) {
      Client pia = client(brief).user("nora");
      writeCells("idle.ipynb", "1");
      Answer answer = pia.post("/notebooks", Map.of("path", "idle.ipynb"));
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      String id = answer.json().path("id").asText();
      await().atMost(LIMIT).until(() -> pia.get("/notebooks/" + id).status() == 404);
      awaitNoKernel();
    }
  }

  @Test
  void saysWhetherThereAreNotebooks() {
    assertThat(nora.get("/api/config").json().at("/features/notebooks").asBoolean()).isTrue();
    try (RunningGateway without =
        sshd.startGateway(KEY, Map.of("OPEN_TERMINAL_ENABLE_NOTEBOOKS", "false"))) {
      Client pia = client(without).user("nora");
      assertThat(pia.get("/api/config").json().at("/features/notebooks").asBoolean()).isFalse();
      assertThat(pia.post("/notebooks", Map.of("path", "a.ipynb")).status()).isEqualTo(404);
    }
  }
}
