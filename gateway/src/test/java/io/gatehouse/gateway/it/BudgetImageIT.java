package io.gatehouse.gateway.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.support.GatehouseImage;
import io.gatehouse.gateway.support.Timing;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.testcontainers.containers.GenericContainer;

/**
 * Tests the memory budget in the image. One user sends each operation at its largest, 64 at a time,
 * and stalls half-way: the client does not send the rest, or does not read the answer. The gateway
 * has a heap of 256 MB, and another user works meanwhile.
 */
@Tag("image")
@Tag("alone")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class BudgetImageIT {

  private static final int AT_A_TIME = 64;

  /** The number of requests of the other user while one operation is tried. */
  private static final int ROUNDS = 20;

  private static final Duration PAUSE = Duration.ofMillis(150);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Bytes of a body, of which 10 MB are allowed. */
  private static final int BODY = 9_900_000;

  /**
   * Memory of the container, in bytes. It has room for the users' programs, whose memory is not
   * tested here.
   */
  private static final long MEMORY = 3L * 1024 * 1024 * 1024;

  /**
   * The largest share of the processors that Docker gives. The hostile clients stand for programs
   * on other machines, so they give way to the container.
   */
  private static final int MOST_SHARES = 262_144;

  private static final String VOLUME = "gatehouse-it-" + UUID.randomUUID();
  private static final int PORT = 8000;
  private static final Pattern ID = Pattern.compile("\"id\": ?\"([^\"]+)\"");

  /** Fills the hostile user's home with the largest files for each operation. */
  private static final String HOME =
      """
      set -e
      yes 'words of a line' | head -c 16000000 > text.txt
      yes "$(printf 'ä€ü é\\377')" | head -c 15900000 > stray.txt
      head -c 65000 /dev/zero | tr '\\0' 'x' > line; echo >> line
      for i in $(seq 500); do cat line; done > lines.txt
      truncate -s 200M large.bin
      { printf 'Subject: x\\nContent-Type: text/plain; charset=utf-8\\n\\n'; yes 'word word €' | head -c 24000000; } > mail.eml
      mkdir -p flat && cd flat
      seq -f "$(head -c 200 /dev/zero | tr '\\0' n)%06.0f" 100000 | xargs -n 400 touch
      cd .. && mkdir -p deep && cd deep && git init -q .
      d=$(printf 'd/%.0s' $(seq 1500)); mkdir -p "$d" && cd "$d" && seq 200 | xargs touch
      """;

  private static Optional<GenericContainer<?>> gatehouse = Optional.empty();

  /** The container's own address: Docker's proxy on loopback would be the first to give up. */
  private static String address = "";

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    ensureItRuns();
    String ready = send(request("/execute?wait=200", "hostile").POST(json(command(HOME))));
    assertThat(ready).contains("\"exit_code\":0");
    // The account of the measured user is made before the first attack, so that no command's time
    // includes it.
    assertThat(send(request("/execute?wait=30", "working").POST(json(command("true")))))
        .contains("\"exit_code\":0");
  }

  private static void ensureItRuns() {
    if (gatehouse.isPresent() && answers()) {
      return;
    }
    gatehouse.ifPresent(GenericContainer::stop);
    GenericContainer<?> started =
        GatehouseImage.start(
            VOLUME,
            Map.of(
                "OPEN_TERMINAL_API_KEY",
                "key",
                "OPEN_TERMINAL_USER_ISOLATION",
                "true",
                "JAVA_TOOL_OPTIONS",
                "-Xmx256m"),
            host -> {
              var unused = host.withMemory(MEMORY).withCpuShares(MOST_SHARES);
            });
    gatehouse = Optional.of(started);
    address = GatehouseImage.ownAddress(started);
  }

  private static boolean answers() {
    try {
      return send(request("/health", "working")).contains("ok");
    } catch (IOException | InterruptedException ended) {
      return false;
    }
  }

  @AfterAll
  static void stop() {
    CLIENT.close();
    gatehouse.ifPresent(GenericContainer::stop);
    GatehouseImage.removeVolume(VOLUME);
  }

  /** A hostile client that sends something, and then neither sends nor reads any more. */
  @FunctionalInterface
  interface Attack {
    void on(OutputStream out) throws IOException, InterruptedException;
  }

  /** The operations that are tried. */
  record Operation(String name, Attack attack) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** The text of a request: a beginning, a piece that is repeated, and an end. */
  private record Text(String begin, String piece, int times, String end) {

    static Text of(String text) {
      return new Text(text, "", 0, "");
    }

    long length() {
      return begin.getBytes(UTF_8).length
          + (long) times * piece.getBytes(UTF_8).length
          + end.getBytes(UTF_8).length;
    }

    void writeTo(OutputStream out) throws IOException {
      out.write(begin.getBytes(UTF_8));
      byte[] bytes = piece.getBytes(UTF_8);
      for (int i = 0; i < times; i++) {
        out.write(bytes);
      }
      out.write(end.getBytes(UTF_8));
      out.flush();
    }
  }

  /** Sends a header and this, and nothing more. */
  private static Operation sent(String name, String head, Text body) {
    return new Operation(
        name,
        out -> {
          write(out, head + "\r\n");
          body.writeTo(out);
        });
  }

  private static Operation get(String name, String path) {
    return sent(name, head("GET", path), Text.of(""));
  }

  private static Operation post(String name, String path, String body) {
    return post(name, path, Text.of(body));
  }

  private static Operation post(String name, String path, Text body) {
    return sent(name, head("POST", path) + "Content-Length: " + body.length() + "\r\n", body);
  }

  private static List<Operation> operations() {
    String x = "x".repeat(10_000);
    int times = BODY / 10_000 - 1;
    String write = "{\"path\": \"w\", \"content\": \"";
    return List.of(
        sent(
            "a body that stalls",
            head("POST", "/files/write") + "Content-Length: " + BODY + "\r\n",
            new Text(write, x, times, "")),
        sent(
            "a body in chunks that stalls",
            head("POST", "/files/write") + "Transfer-Encoding: chunked\r\n",
            new Text(Integer.toHexString(BODY) + "\r\n", x, times, "")),
        post("a file of 10 MB", "/files/write", new Text(write, x, times, "\"}")),
        post(
            "a body of the most values",
            "/files/archive",
            "{\"paths\": [" + "\"ä\",".repeat(49_000) + "\"" + "y".repeat(60_000) + "\"]}"),
        post(
            "a file of stray bytes, written again",
            "/files/write",
            new Text(
                "{\"path\": \"stray.txt\", \"content\": \"",
                "\uFFFD".repeat(1000),
                BODY / 3000 - 1,
                "\"}")),
        post(
            "replacements that grow",
            "/files/replace",
            "{\"path\": \"text.txt\", \"replacements\": [{\"target\": \"o\", \"replacement\": \""
                + "o".repeat(100_000)
                + "\", \"allow_multiple\": true}]}"),
        post(
            "replacements in a large file",
            "/files/replace",
            "{\"path\": \"text.txt\", \"replacements\": [{\"target\": \"words\", \"replacement\":"
                + " \"€€€€\", \"allow_multiple\": true}]}"),
        post(
            "a command of 10 MB",
            "/execute?wait=300",
            new Text("{\"command\": \"", x, times, "\"}")),
        get("a listing", "/files/list?directory=flat"),
        get("a large file", "/files/view?path=large.bin"),
        get("a large text", "/files/read?path=lines.txt"),
        get("a document", "/files/read?path=mail.eml"),
        get("a search in contents", "/files/grep?query=x&path=lines.txt&max_results=500"),
        get("names by a pattern", "/files/glob?pattern=*&path=flat&max_results=500"),
        get("a search of names", "/files/search?query=n&path=flat&limit=100"),
        get("matches", "/files/matches?query=n&path=flat&offset=99900&limit=100"),
        get("matches in deep folders", "/files/matches?query=d&path=deep&offset=99900"),
        post("an archive", "/files/archive", "{\"paths\": [\"flat\"]}"),
        sent(
            "an upload that stalls",
            head("POST", "/files/upload?directory=.")
                + "Content-Type: multipart/form-data; boundary=b\r\n"
                + "Content-Length: 1000000000\r\n",
            new Text(
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"u\"\r\n\r\n",
                x,
                times,
                "")),
        post(
            "commands that print",
            "/execute?wait=300",
            command("timeout 15 yes; #" + "x".repeat(100_000))),
        new Operation(
            "terminals that nobody reads",
            out -> {
              String id = idOf(send(request("/api/terminals", "hostile").POST(json("{}"))));
              write(
                  out,
                  head("GET", "/api/terminals/" + id + "?user_id=hostile")
                      + "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                      + "Sec-WebSocket-Version: 13\r\n"
                      + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
              // An empty object, then keys; the mask is of zeros.
              out.write(new byte[] {(byte) 0x81, (byte) 0x82, 0, 0, 0, 0, '{', '}'});
              out.write(new byte[] {(byte) 0x82, (byte) 0x84, 0, 0, 0, 0, 'y', 'e', 's', '\r'});
              out.flush();
            }),
        new Operation("output that nobody reads", BudgetImageIT::readOutput));
  }

  /** The output of a command that has printed much, in both forms. */
  private static void readOutput(OutputStream out) throws IOException, InterruptedException {
    String started =
        send(
            request("/execute?wait=2", "hostile")
                .POST(json(command("seq -f '%080.0f' 100000; sleep 15"))));
    String id = idOf(started);
    write(
        out, head("GET", "/execute/" + id + "/status?plain=" + (id.hashCode() % 2 == 0)) + "\r\n");
  }

  private static String idOf(String answer) throws IOException {
    Matcher id = ID.matcher(answer);
    if (!id.find()) {
      throw new IOException(answer.substring(0, Math.min(100, answer.length())));
    }
    return id.group(1);
  }

  @ParameterizedTest
  @MethodSource("operations")
  @Order(1)
  void holdsNobodyBack(Operation operation) throws Exception {
    ensureItRuns();
    attackWith(operation.name(), List.of(operation));
  }

  @Test
  @Order(2)
  void holdNobodyBackTogether() throws Exception {
    ensureItRuns();
    attackWith("all of them together", operations());
  }

  private static void attackWith(String name, List<Operation> operations) throws Exception {
    List<Socket> sockets = new CopyOnWriteArrayList<>();
    Map<String, Integer> answers = new ConcurrentSkipListMap<>();
    List<Long> health = new ArrayList<>();
    List<Long> commands = new ArrayList<>();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        for (int i = 0; i < AT_A_TIME; i++) {
          for (Operation operation : operations) {
            var unused = clients.submit(() -> attack(operation, sockets, answers));
          }
        }
        for (int round = 0; round < ROUNDS; round++) {
          health.add(
              Timing.time(
                  () -> assertThat(send(request("/health", "working"))).contains("\"ok\"")));
          commands.add(
              Timing.time(
                  () ->
                      assertThat(
                              send(
                                  request("/execute?wait=10", "working")
                                      .POST(json(command("true")))))
                          .contains("\"exit_code\":0")));
          TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        }
      } finally {
        clients.shutdownNow();
        for (Socket socket : sockets) {
          socket.close();
        }
        System.out.printf(
            "%s: %s; /health %s ms, true %s ms (95th percentiles of %d); the gateway %s%n",
            name,
            answers,
            Timing.percentile(health),
            Timing.percentile(commands),
            commands.size(),
            answers() ? "runs" : "HAS ENDED");
      }
    }
    assertThat(gatehouse.orElseThrow().getLogs()).doesNotContain("OutOfMemoryError");
    assertThat(answers()).isTrue();
    endWhatRuns();
  }

  private static void endWhatRuns() throws Exception {
    assertThat(send(request("/processes", "hostile").DELETE())).isNotNull();
  }

  /** Reads no more of the answer than its first line. */
  private static Void attack(
      Operation operation, List<Socket> sockets, Map<String, Integer> answers) {
    String outcome = "none";
    try {
      Socket socket = new Socket();
      sockets.add(socket);
      socket.setReceiveBufferSize(4096);
      socket.connect(new InetSocketAddress(InetAddress.getByName(address), PORT));
      operation.attack().on(socket.getOutputStream());
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8), 64);
      String line = in.readLine();
      outcome = line == null ? "closed" : line.replaceFirst("HTTP/1.1 ([0-9]+).*", "$1");
    } catch (IOException | InterruptedException failure) {
      outcome =
          String.valueOf(failure.getMessage()).contains("losed") ? "none" : failure.toString();
    } finally {
      answers.merge(outcome, 1, Integer::sum);
    }
    return null;
  }

  private static String head(String method, String path) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer key\r\nX-User-Id: hostile\r\n";
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(UTF_8));
    out.flush();
  }

  private static String command(String text) {
    return "{\"command\": \""
        + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")
        + "\"}";
  }

  private static HttpRequest.BodyPublisher json(String body) {
    return BodyPublishers.ofString(body);
  }

  private static HttpRequest.Builder request(String path, String user) {
    return HttpRequest.newBuilder(URI.create("http://" + address + ":" + PORT + path))
        .timeout(path.contains("wait=200") ? Duration.ofSeconds(220) : PATIENCE)
        .header("Authorization", "Bearer key")
        .header("X-User-Id", user);
  }

  private static String send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return CLIENT.send(request.build(), BodyHandlers.ofString()).body();
  }
}
