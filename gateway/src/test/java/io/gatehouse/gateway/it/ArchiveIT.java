package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.RealSshd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests archives over HTTP, with a real sshd and real accounts. */
final class ArchiveIT {

  private static final String KEY = "integration-test-key";
  private static final String ALICE = "ghitalice";
  private static final String BOB = "ghitbobby";
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** Bytes that the gateway, sshd and the kernel may hold on the way to a client that waits. */
  private static final long MOST_AHEAD = 20_000_000;

  private static RealSshd sshd;
  private static RunningGateway gateway;
  private static Client alice;
  private static Client bob;

  @BeforeAll
  static void start() {
    sshd = RealSshd.start();
    gateway = sshd.startGateway(KEY, Map.of());
    Client anybody =
        new Client("http://127.0.0.1:" + gateway.port(), Map.of("Authorization", "Bearer " + KEY));
    alice = anybody.user("alice");
    bob = anybody.user("bobby");
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(gateway, sshd);
  }

  private static String shell(String command) {
    return shell(alice, command);
  }

  private static String shell(Client who, String command) {
    Answer answer = who.run(command);
    assertThat(answer.exitCode()).as(answer.output()).isZero();
    return answer.output();
  }

  private static Map<String, String> archive(String... paths) throws IOException {
    HttpResponse<byte[]> answer =
        alice.postForBytes("/files/archive", Map.of("paths", List.of(paths)));
    assertThat(answer.statusCode()).isEqualTo(200);
    Map<String, String> entries = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(answer.body()))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return entries;
  }

  @Test
  void namesWhatTheUserMayNotRead() throws IOException {
    shell(
        "mkdir -p u/shut u/listed u/open; cd u; echo 1 >shut/in; echo 2 >listed/in; echo 3 >closed;"
            + " echo 4 >open/in; chmod 0 shut closed; chmod 400 listed");
    assertThat(archive("u"))
        .containsExactly(
            Map.entry("u/", ""),
            Map.entry("u/open/", ""),
            Map.entry("u/open/in", "4\n"),
            Map.entry(
                "_errors.txt",
                """
                u/closed: Permission denied
                u/listed: Permission denied
                u/shut: Permission denied
                """));
  }

  @Test
  void givesNothingOfAnotherUser() throws IOException {
    shell(bob, "mkdir -p s; echo secret >s/key; chmod 711 ~; chmod 755 s; chmod 600 s/key");
    String home = "/home/" + BOB;
    assertThat(archive(home + "/s"))
        .containsExactly(
            Map.entry("s/", ""), Map.entry("_errors.txt", "s/key: Permission denied\n"));
    assertThat(archive(home))
        .containsExactly(Map.entry("_errors.txt", BOB + ": Permission denied\n"));
    assertThat(archive(home + "/s/key"))
        .containsExactly(Map.entry("_errors.txt", "key: Permission denied\n"));
    shell(bob, "chmod 700 ~");
    assertThat(alice.post("/files/archive", Map.of("paths", List.of(home + "/s/key"))).status())
        .isIn(403, 404);
  }

  @Test
  void takesPathsOfAnyBytesAndAnyNumber() throws IOException {
    shell("mkdir any; cd any; for i in {1..3000}; do echo $i >\"$(printf '%0100d' $i)\"; done");
    shell("echo x >any/$'raw \\xff'; echo y >any/-rf; ln -s nowhere any/link");
    String[] many =
        IntStream.rangeClosed(1, 3000).mapToObj("any/%0100d"::formatted).toArray(String[]::new);
    assertThat(archive(many)).hasSize(3000).containsEntry("%0100d".formatted(3000), "3000\n");
    assertThat(archive("any/raw \uEFFF", "any/-rf", "any/link"))
        .containsExactly(
            Map.entry("raw \uEFFF", "x\n"), Map.entry("-rf", "y\n"), Map.entry("link", "nowhere"));
  }

  @Test
  void hasTenThousandSmallFiles() throws IOException {
    shell(
        "mkdir ten; cd ten; for d in {001..100}; do mkdir $d; for f in {001..100}; do"
            + " echo $d-$f >$d/$f; done; done");
    Map<String, String> entries = archive("ten");
    assertThat(entries).hasSize(10_101).containsEntry("ten/073/042", "073-042\n");
    assertThat(List.copyOf(entries.keySet())).isSorted();
  }

  /** A pipe would make the program wait, and the link leads to what is outside of the folder. */
  @Test
  void losesNoRaceWithAFileThatIsSwapped() throws IOException {
    shell("mkdir swap outside; echo secret >outside/file; echo plain >swap/file; mkdir swap/dir");
    shell("echo inner >swap/dir/file");
    String id =
        alice
            .post(
                "/execute",
                Map.of(
                    "command",
                    "cd swap; mkfifo ../pipe; while :; do ln -sfn ~/outside/file file;"
                        + " ln ../pipe p; mv -f p file; echo plain >q; mv -f q file;"
                        + " mv dir ../dir; ln -s ~/outside dir; rm dir; mv ../dir dir; done"))
            .json()
            .path("id")
            .asText();
    try {
      for (int i = 0; i < 50; i++) {
        assertThat(archive("swap").values()).doesNotContain("secret\n");
      }
    } finally {
      alice.delete("/execute/" + id + "?force=true");
    }
  }

  @Test
  void hasFilesOfMoreThanFourGigabytes() throws Exception {
    shell("truncate -s 9G sparse");
    try (Socket socket = request("sparse", "1.0");
        ZipInputStream zip = new ZipInputStream(body(socket))) {
      ZipEntry entry = zip.getNextEntry();
      assertThat(entry.getName()).isEqualTo("sparse");
      // ZIP64 (APPNOTE, 4.5.3), which has to be announced before the content.
      assertThat(entry.getExtra()).startsWith(1, 0);
      assertThat(zip.readNBytes(1000)).containsOnly(0);
    } finally {
      shell("rm sparse");
    }
    awaitNoProgram();
  }

  private static Socket request(String path, String version) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
    socket.setReceiveBufferSize(64 * 1024);
    String json = "{\"paths\": [\"" + path + "\"]}";
    socket
        .getOutputStream()
        .write(
            ("POST /files/archive HTTP/"
                    + version
                    + "\r\nHost: x\r\nAuthorization: Bearer "
                    + KEY
                    + "\r\nX-User-Id: alice\r\nContent-Type: application/json\r\nContent-Length: "
                    + json.length()
                    + "\r\n\r\n"
                    + json)
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  /** The body of an answer: in chunks for HTTP/1.1, or else as it is. */
  private static InputStream body(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.read());
    }
    assertThat(head.toString()).startsWith("HTTP/1.1 200");
    return in;
  }

  /** What comes until the connection ends, in whatever way it ends. */
  private static String rest(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      in.transferTo(bytes);
    } catch (SocketException reset) {
      assertThat(reset).hasMessageContaining("reset");
    }
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  private static String programs() {
    return shell("pgrep -xu " + ALICE + " perl || :").strip();
  }

  private static void awaitNoProgram() {
    await().atMost(LIMIT).until(() -> programs().isEmpty());
  }

  /** The bytes that the program has read, as the kernel counts them. */
  private static long readBy(String program) {
    return Long.parseLong(shell("awk '/^rchar/ { print $2 }' /proc/" + program + "/io").strip());
  }

  @Test
  void holdsTheProgramBackForASlowClientAndEndsItWhenTheClientHasGone() throws Exception {
    shell("head -c 200000000 /dev/urandom >large");
    try (Socket socket = request("large", "1.0")) {
      InputStream in = body(socket);
      assertThat(in.readNBytes(1000)).hasSize(1000);
      String program = programs();
      assertThat(program).matches("\\d+");
      long[] before = {-1};
      await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                long read = readBy(program);
                boolean rests = read == before[0];
                before[0] = read;
                return rests;
              });
      assertThat(before[0]).isLessThan(MOST_AHEAD);
      assertThat(
              Long.parseLong(
                  shell("awk '/VmHWM/ { print $2 }' /proc/" + program + "/status").strip()))
          .as("KB of memory of the program")
          .isLessThan(20_000);
    } finally {
      awaitNoProgram();
      shell("rm large");
    }
  }

  /** Both the archive and the answer in chunks have an end, which must be missing. */
  @Test
  void breaksTheAnswerWhenTheProgramIsKilled() throws Exception {
    shell("head -c 100000000 /dev/urandom >killed; mkdir after; touch after/{1..9}");
    try (Socket socket = request("killed", "1.1")) {
      InputStream in = body(socket);
      assertThat(in.readNBytes(1000)).hasSize(1000);
      shell("pkill -KILL -xu " + ALICE + " perl");
      assertThat(rest(in)).doesNotContain("PK\5\6").doesNotEndWith("0\r\n\r\n");
    } finally {
      shell("rm killed");
    }
    assertThat(archive("after")).hasSize(10);
  }
}
