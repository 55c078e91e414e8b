package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.PlainSsh;
import io.gatehouse.gateway.support.RealSshd;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests {@code gatehouse mcp} in a real login by ssh, and what alice can try with its socket. */
@Timeout(180)
final class McpLoginIT {

  private static final String KEY = "login-test-key";
  private static final String SECRET = "bobs-secret";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path keys;

  private static final List<McpSchema.ProgressNotification> PROGRESS = new CopyOnWriteArrayList<>();

  private static RealSshd sshd;
  private static RunningGateway gateway;

  @BeforeAll
  static void start() throws IOException {
    sshd = RealSshd.start();
    gateway = sshd.startGateway(KEY, Map.of("OPEN_TERMINAL_MAX_BODY_SIZE", "1000000"));
    for (String user : List.of("alice", "bobby")) {
      PlainSsh.makeKey(keys.resolve(user), user);
      PlainSsh.letIn(http(user), keys.resolve(user));
    }
    http("bobby").run("echo " + SECRET + " >diary; chmod 644 diary");
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(gateway, sshd);
  }

  private static Client http(String user) {
    return new Client(
        "http://127.0.0.1:" + gateway.port(),
        Map.of("Authorization", "Bearer " + KEY, "X-User-Id", user));
  }

  /** A command line that runs words in a user's login. */
  private static List<String> ssh(String user, String words) {
    return PlainSsh.command(keys.resolve(user), sshd.peoplePort(), "ghit" + user, words);
  }

  private static String mcp() {
    return sshd.command() + " mcp";
  }

  private static Path socket() {
    return sshd.command().resolveSibling("mcp/socket");
  }

  private static String login(String user, String words) {
    return RealSshd.run(ssh(user, words).toArray(String[]::new));
  }

  private static McpSyncClient client(String user) {
    List<String> command = ssh(user, mcp());
    McpSyncClient client =
        McpClient.sync(
                new StdioClientTransport(
                    ServerParameters.builder(command.getFirst())
                        .args(command.subList(1, command.size()))
                        .build(),
                    McpJsonDefaults.getMapper()))
            .requestTimeout(Duration.ofSeconds(60))
            .progressConsumer(PROGRESS::add)
            .build();
    client.initialize();
    return client;
  }

  private static String run(McpSyncClient client, String command) {
    CallToolResult result =
        client.callTool(
            CallToolRequest.builder("run_command")
                .arguments(Map.of("command", command, "wait", 30))
                .build());
    StringBuilder all = new StringBuilder();
    JsonNode answer = JSON.valueToTree(result.structuredContent());
    answer.path("output").forEach(entry -> all.append(entry.path("data").asText()));
    return all.toString();
  }

  // --- what it is for

  @Test
  void isTheSameToolsWithNoOtherCredentialThanTheLogin() {
    try (McpSyncClient alice = client("alice");
        McpSyncClient bob = client("bobby")) {
      assertThat(run(alice, "id -un; pwd")).isEqualTo("ghitalice\n/home/ghitalice\n");
      assertThat(run(bob, "id -un")).isEqualTo("ghitbobby\n");
      assertThat(alice.listTools().tools())
          .extracting(McpSchema.Tool::name)
          .contains("run_command", "read_file", "write_file", "list_files");
      run(alice, "printf 'one\\ntwo\\n' >file.txt");
      assertThat(alice.listResources().resources())
          .extracting(McpSchema.Resource::uri)
          .contains("file:///home/ghitalice/file.txt");
      assertThat(
              alice
                  .readResource(
                      new McpSchema.ReadResourceRequest("file:///home/ghitalice/file.txt", null))
                  .contents())
          .hasSize(1);
    }
  }

  @Test
  void tellsTheProgressOfALongCommandWhileOthersAreAnswered() {
    try (McpSyncClient alice = client("alice")) {
      Thread other = Thread.ofVirtual().start(() -> run(alice, "touch beside"));
      CallToolResult result =
          alice.callTool(
              CallToolRequest.builder("run_command")
                  .arguments(Map.of("command", "sleep 3; ls beside", "wait", 30))
                  .progressToken("login")
                  .build());

      assertThat(result.content().toString()).contains("beside").contains("done");
      assertThat(PROGRESS)
          .extracting(McpSchema.ProgressNotification::message)
          .anyMatch(message -> message.startsWith("The command runs as process"));
      assertThat(other.isAlive()).isFalse();
    }
  }

  @Test
  void answersWhatWasSentBeforeTheEndOfItsInput() {
    String answers =
        login(
            "alice",
            "printf '%s\\n' '"
                + call(1, "sleep 2; echo first-$((40+2))")
                + "' '"
                + call(2, "echo second-$((50+2))")
                + "' | "
                + mcp());

    assertThat(answers).contains("first-42").contains("second-52");
    assertThat(answers.lines()).hasSize(2);
  }

  private static String call(int id, String command) {
    return "{\"jsonrpc\":\"2.0\",\"id\":"
        + id
        + ",\"method\":\"tools/call\",\"params\":{\"name\":\"run_command\",\"arguments\":"
        + "{\"command\":\""
        + command
        + "\",\"wait\":30}}}";
  }

  // --- a raw client, which can say what no honest client says

  /** A {@code gatehouse mcp} in a login, spoken to by lines. */
  private static final class Raw implements AutoCloseable {

    private final Process process;
    private final Writer in;
    private final BufferedReader out;

    Raw(String user, String words) throws IOException {
      process = new ProcessBuilder(ssh(user, words)).start();
      in = process.outputWriter(StandardCharsets.UTF_8);
      out = process.inputReader(StandardCharsets.UTF_8);
    }

    String ask(String line) throws IOException {
      in.write(line + "\n");
      in.flush();
      return String.valueOf(out.readLine());
    }

    @Override
    public void close() {
      process.destroy();
    }
  }

  private static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"ping\"}";

  @Test
  void survivesWhatIsNoMessage() throws IOException {
    try (Raw raw = new Raw("alice", mcp())) {
      assertThat(raw.ask("no json")).contains("not JSON");
      assertThat(raw.ask("[]")).contains("-32600");
      assertThat(raw.ask("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"nothing\"}"))
          .contains("-32601");
      assertThat(raw.ask("x".repeat(3_000_000))).contains("at most 1000000 bytes");
      assertThat(raw.ask("{\"a\":".repeat(20_000))).contains("-32700");
      assertThat(raw.ask(PING)).contains("\"result\"");
    }
  }

  @Test
  void isNobodyElseByWhatAMessageSays() throws IOException {
    String whoami = call(1, "id -un");
    try (Raw raw = new Raw("alice", mcp())) {
      for (String forged :
          List.of(
              whoami.replace("\"wait\"", "\"X-User-Id\":\"bobby\",\"user\":\"bobby\",\"wait\""),
              whoami.replace("\"name\"", "\"_meta\":{\"X-User-Id\":\"bobby\"},\"name\""),
              whoami.replace("\"id\":1", "\"id\":1,\"user\":\"bobby\",\"X-User-Id\":\"bobby\""))) {
        assertThat(raw.ask(forged)).contains("ghitalice").doesNotContain("ghitbobby");
      }
      assertThat(raw.ask("X-User-Id: bobby")).contains("not JSON");
      assertThat(
              raw.ask(
                  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"resources/read\",\"params\":{\"uri\":"
                      + "\"file:///home/ghitbobby/diary\"}}"))
          .contains("Permission denied")
          .doesNotContain(SECRET);
    }
  }

  @Test
  void seesNoCommandOfAnotherUser() throws IOException {
    try (Raw bob = new Raw("bobby", mcp());
        Raw alice = new Raw("alice", mcp())) {
      String id =
          JSON.readTree(bob.ask(call(1, "echo " + SECRET)))
              .at("/result/structuredContent/id")
              .asText();
      assertThat(id).isNotEmpty();
      String status =
          "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":"
              + "\"get_process_status\",\"arguments\":{\"process_id\":\"";

      assertThat(alice.ask(status + id + "\"}}}")).contains("404").doesNotContain(SECRET);
      assertThat(bob.ask(status + id + "\"}}}")).contains(SECRET);
    }
  }

  // --- the socket

  @ParameterizedTest
  @ValueSource(
      strings = {"rm -f S", "mv S S.old", "touch D/other", "ls D", "chmod 600 S", "rmdir D"})
  void cannotBeReplacedByAUser(String attempt) {
    String output =
        login(
            "alice",
            attempt.replace("S", socket().toString()).replace(" D", " " + socket().getParent())
                + " && echo done");

    assertThat(output).doesNotContain("done").isNotEmpty();
    assertThat(Files.exists(socket())).isTrue();
  }

  @Test
  void refusesAccountsThatAreNoUsers() {
    for (String account : List.of("root", "gateway", "nobody")) {
      String output =
          RealSshd.run(
              "setpriv", "--reuid", account, "--clear-groups", sshd.command().toString(), "mcp");
      assertThat(output)
          .isEqualTo(
              "gatehouse mcp: The account "
                  + account
                  + " is not that of a user of Gatehouse. Log in as one: ssh ACCOUNT@HOST gatehouse"
                  + " mcp\n");
    }
  }

  /** The kernel notes who connects; a process that becomes another account stays who it was. */
  @Test
  void isWhoConnected() {
    String output =
        RealSshd.run(
            "perl",
            "-e",
            "use Socket; socket my $s, AF_UNIX, SOCK_STREAM, 0; connect $s,"
                + " pack_sockaddr_un(shift); $) = \"$ARGV[0] $ARGV[0]\"; $( = $ARGV[0]; $> ="
                + " $ARGV[0]; print readline $s",
            socket().toString(),
            RealSshd.run("id", "-u", "ghitbobby").strip());

    assertThat(output).startsWith("-The account root is not that of a user");
  }

  @Test
  void refusesConnectionsBeyondThoseOfAnAccountAndLetsOthersIn() throws IOException {
    List<Raw> held = new ArrayList<>();
    try (Raw bob = new Raw("bobby", mcp())) {
      assertThat(bob.ask(PING)).contains("result");
      // In one login, so that no bound of sshd's comes before.
      String flood =
          "use Socket; my @all; for (1 .. 200) { socket my $s, AF_UNIX, SOCK_STREAM, 0; connect $s,"
              + " pack_sockaddr_un($ARGV[0]) or next; push @all, $s } my %got; $got{substr readline"
              + " $_, 0, 60}++ for @all; print qq($got{$_} $_\\n) for sort keys %got; $| = 1; print"
              + " qq(ready\\n); sleep 60";
      Raw alice = new Raw("alice", "perl -e '" + flood + "' " + socket());
      held.add(alice);
      List<String> lines = new ArrayList<>();
      for (String line = alice.out.readLine();
          line != null && !line.equals("ready");
          line = alice.out.readLine()) {
        lines.add(line);
      }
      assertThat(String.join("\n", lines))
          .contains("16 +")
          .contains("184 -You have 16 connections of `gatehouse mcp`");

      assertThat(bob.ask(PING)).contains("result");
      assertThat(login("alice", mcp() + " </dev/null")).contains("You have 16 connections");
      try (Raw another = new Raw("bobby", mcp())) {
        assertThat(another.ask(PING)).contains("result");
      }
    } finally {
      held.forEach(Raw::close);
    }
    RealSshd.run("pkill", "-KILL", "-u", "ghitalice", "perl");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(login("alice", "printf '%s\\n' '" + PING + "' | " + mcp()))
                    .contains("result"));
  }

  /** Messages without end, and answers that nobody reads, on all connections of an account. */
  @ParameterizedTest
  @ValueSource(strings = {"print $_ q(x) x 900_000 for @all", "ask($_) for @all"})
  void letsOthersThroughBesideAnAccountThatStalls(String attempt) throws IOException {
    http("alice").run("head -c 3000000 /dev/zero | tr '\\0' x | base64 -w 76 >text");
    String read =
        "{\"jsonrpc\":\"2.0\",\"id\":@,\"method\":\"tools/call\",\"params\":"
            + "{\"name\":\"read_file\",\"arguments\":{\"path\":\"text\"}}}";
    String stall =
        "use Socket; my @all; for (1 .. 16) { socket my $s, AF_UNIX, SOCK_STREAM, 0; connect $s,"
            + " pack_sockaddr_un($ARGV[0]) or die; readline $s; select((select($s), $| = 1)[0]);"
            + " push @all, $s } sub ask { my $s = shift; for my $id (1 .. 40) { my $line = q("
            + read
            + "); $line =~ s/\\@/$id/; print $s qq($line\\n) } } $SIG{ALRM} = sub { $| = 1; print"
            + " qq(ready\\n); sleep 60; exit }; alarm 5; ATTEMPT; $SIG{ALRM}->()";
    try (Raw alice =
        new Raw("alice", "perl -e '" + stall.replace("ATTEMPT", attempt) + "' " + socket())) {
      assertThat(alice.out.readLine()).isEqualTo("ready");

      long begin = System.nanoTime();
      try (Raw bob = new Raw("bobby", mcp())) {
        assertThat(bob.ask(call(1, "echo works-$((40+2))"))).contains("works-42");
      }
      assertThat(http("bobby").run("echo works").output()).isEqualTo("works\n");
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    }
    RealSshd.run("pkill", "-KILL", "-u", "ghitalice", "perl");
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(
                        login("alice", "printf '%s\\n' '" + call(1, "echo back") + "' | " + mcp()))
                    .contains("back"));
  }

  @Test
  void endsAndRefusesAnAccountThatIsDisabled() throws Exception {
    http("carol").run("true");
    PlainSsh.makeKey(keys.resolve("carol"), "carol");
    PlainSsh.letIn(http("carol"), keys.resolve("carol"));
    try (Raw carol = new Raw("carol", mcp())) {
      assertThat(carol.ask(PING)).contains("result");

      // In this test the gateway runs as root, so its registry is root's.
      RealSshd.run("chown", "-R", "gateway:gateway", sshd.state().resolve("registry").toString());
      assertThat(RealSshd.run(sshd.command().toString(), "users", "disable", "ghitcarol"))
          .contains("disabled");

      assertThat(carol.process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () ->
                  assertThat(
                          RealSshd.run(
                              "setpriv",
                              "--reuid",
                              "ghitcarol",
                              "--clear-groups",
                              sshd.command().toString(),
                              "mcp"))
                      .contains("disabled"));
    }
  }

  @Test
  void saysWhatToDoWhereGatehouseDoesNotRun() {
    String relay = sshd.command().resolveSibling("mcp-relay").toString();

    assertThat(login("alice", relay + " /nowhere/socket mcp 2>&1; echo status $?"))
        .isEqualTo(
            "gatehouse mcp: Gatehouse is not running. Ask an admin to start it, or try again in a"
                + " moment.\nstatus 69\n");
    assertThat(login("alice", sshd.command() + " mcp --as bobby; echo status $?"))
        .contains("It has no options")
        .contains("status 64");
  }
}
