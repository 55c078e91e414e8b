package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.PlainSsh;
import io.gatehouse.gateway.support.RealSshd;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests plain ssh into the gateway's accounts: who can log in, and what works in the login. */
@Timeout(120)
final class DirectSshIT {

  private static final String KEY = "ssh-key";
  private static final String PASSWORD = "correct horse";

  @TempDir static Path keys;

  private static RealSshd sshd;
  private static RunningGateway gateway;

  @BeforeAll
  static void start() throws IOException {
    sshd = RealSshd.start();
    gateway = sshd.startGateway(KEY, Map.of());
    for (String name : List.of("admin", "anna", "bernd", "unknown")) {
      PlainSsh.makeKey(key(name), name);
    }
    Files.copy(publicKey("admin"), sshd.adminKeys());
    for (String user : List.of("anna", "bernd")) {
      PlainSsh.letIn(client(user), key(user));
      RealSshd.run("/bin/bash", "-c", "chpasswd <<<'ghit" + user + ":" + PASSWORD + "'");
    }
    // A login with the gateway's own key, which the listener for people must refuse.
    Files.writeString(key("gateways"), client("anna").run("cat ~/.ssh/gateway_ed25519").output());
    RealSshd.run("chmod", "600", key("gateways").toString());
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(gateway, sshd);
  }

  private static Client client(String user) {
    return new Client(
        "http://127.0.0.1:" + gateway.port(),
        Map.of("Authorization", "Bearer " + KEY, "X-User-Id", user));
  }

  private static Path key(String name) {
    return keys.resolve(name);
  }

  private static Path publicKey(String name) {
    return PlainSsh.publicKey(key(name));
  }

  private static List<String> options(String key) {
    return PlainSsh.options(key(key), sshd.peoplePort());
  }

  private static String ssh(String key, String user, String... words) {
    return PlainSsh.run(key(key), sshd.peoplePort(), user, words);
  }

  /** The account that the login reaches, from {@code id -un}; empty if it is refused. */
  @ParameterizedTest(name = "{0} as {1}: {2}")
  @CsvSource(
      textBlock =
          """
          admin,    ghitanna,  in
          admin,    ghitbernd, in
          admin,    root,      refused
          admin,    gateway,   refused
          admin,    daemon,    refused
          admin,    nobody,    refused
          admin,    ghitzorro, refused
          anna,     ghitanna,  in
          anna,     ghitbernd, refused
          anna,     root,      refused
          anna,     gateway,   refused
          bernd,    ghitbernd, in
          bernd,    ghitanna,  refused
          unknown,  ghitanna,  refused
          unknown,  root,      refused
          gateways, ghitanna,  refused
          gateways, root,      refused
          password, ghitanna,  refused
          none,     ghitanna,  refused
          none,     root,      refused
          """)
  void letsInByTheKeyOfTheAccountOrAnAdmins(String key, String account, String outcome)
      throws IOException {
    boolean hasKey = !key.equals("password") && !key.equals("none");
    String byOpenSsh =
        hasKey
            ? ssh(key, account, "id", "-un")
            : ssh("unknown", account, "-o", "PubkeyAuthentication=no", "id", "-un");
    String byAsyncSsh =
        asyncssh(
            account, hasKey ? key(key).toString() : "", key.equals("password") ? PASSWORD : "");
    if (outcome.equals("in")) {
      assertThat(byOpenSsh).isEqualTo(account + "\n");
      assertThat(byAsyncSsh).isEqualTo(account + "\n");
    } else {
      // Everybody gets the same answer: only keys are accepted.
      assertThat(byOpenSsh.strip())
          .isEqualTo(account + "@127.0.0.1: Permission denied (publickey).");
      assertThat(byAsyncSsh).isEqualTo("REFUSED\n");
    }
  }

  /** Installed beside Open Terminal by {@code ./test}. */
  private static String asyncssh(String account, String key, String password) throws IOException {
    String reference = System.getenv("GATEHOUSE_REFERENCE");
    Assumptions.assumeTrue(reference != null, "asyncssh is not installed");
    Path python = Path.of(Objects.requireNonNull(reference)).resolveSibling("python");
    Path program = keys.resolve("asyncssh_login.py");
    try (InputStream source =
        Objects.requireNonNull(DirectSshIT.class.getResourceAsStream("asyncssh_login.py"))) {
      Files.write(program, source.readAllBytes());
    }
    return RealSshd.run(
        python.toString(),
        program.toString(),
        Integer.toString(sshd.peoplePort()),
        account,
        key,
        password,
        "id -un");
  }

  /** Runs a script whose arguments are what ssh needs to log in as anna. */
  private static String script(String text) {
    List<String> command = new ArrayList<>(List.of("/bin/bash", "-c", text, "ssh"));
    command.addAll(options("anna"));
    command.add("ghitanna@127.0.0.1");
    return RealSshd.run(command.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-R 0:127.0.0.1:22", "-R /home/ghitanna/socket:127.0.0.1:22", "-w any:any"})
  void opensNoTunnel(String tunnel) {
    assertThat(script("ssh " + tunnel + " -o ExitOnForwardFailure=yes \"$@\" echo open"))
        .isNotEmpty()
        .doesNotContain("open\n");
  }

  /** The client listens in any case. The test is that nothing comes through. */
  @Test
  void connectsToNothingOnLoopback() {
    for (int target : List.of(gateway.port(), sshd.peoplePort())) {
      int port = RealSshd.freePort();
      assertThat(
              script(
                  "ssh -L %d:127.0.0.1:%d \"$@\" 'sleep 2' & sleep 1; curl -sS -m 3 http://127.0.0.1:%d/health; wait"
                      .formatted(port, target, port)))
          .contains("curl:")
          .doesNotContain("status");
      assertThat(script("ssh -W 127.0.0.1:%d \"$@\" </dev/null".formatted(target)))
          .contains("forwarding failed");
    }
  }

  @Test
  void lendsNeitherAgentNorDisplay() {
    assertThat(
            script(
                "eval $(ssh-agent) >/dev/null; DISPLAY=:1 ssh -A -X \"$@\" env; ssh-agent -k"
                    + " >/dev/null"))
        .contains("HOME=/home/ghitanna\n")
        .doesNotContain("SSH_AUTH_SOCK")
        .doesNotContain("DISPLAY");
  }

  @Test
  void givesATerminal() {
    assertThat(ssh("anna", "ghitanna", "-tt", "tty; echo $SSH_TTY"))
        .matches("(/dev/pts/[0-9]+)\r\n\\1\r\n");
    assertThat(ssh("anna", "ghitanna", "tty")).isEqualTo("not a tty\n");
  }

  @Test
  void movesFilesBySftpScpAndRsync() throws IOException {
    Path file = keys.resolve("some file");
    Files.writeString(file, "content\n".repeat(10_000));
    Path fetched = keys.resolve("fetched");
    String host = "ghitanna@127.0.0.1";

    List<String> scp = new ArrayList<>(List.of("scp", "-q"));
    scp.addAll(options("anna"));
    scp.addAll(List.of(file.toString(), host + ":by-scp"));
    assertThat(RealSshd.run(scp.toArray(String[]::new))).isEmpty();

    List<String> sftp = new ArrayList<>(List.of("sftp", "-q"));
    sftp.addAll(options("anna"));
    sftp.addAll(List.of(host + ":by-scp", fetched.toString()));
    RealSshd.run(sftp.toArray(String[]::new));
    assertThat(fetched).hasSameBinaryContentAs(file);

    assertThat(
            RealSshd.run(
                "rsync",
                "-a",
                "-e",
                "ssh " + String.join(" ", options("anna")),
                keys + "/",
                host + ":by-rsync/"))
        .isEmpty();
    assertThat(client("anna").run("cmp by-scp by-rsync/'some file' && stat -c %U by-scp").output())
        .isEqualTo("ghitanna\n");
  }

  /** VS Code's Remote-SSH works in this way: one login with many sessions. */
  @Test
  void sharesOneConnectionAmongManySessions() {
    String master = "ControlPath=" + keys.resolve("master");
    ssh(
        "anna",
        "ghitanna",
        "-o",
        master,
        "-o",
        "ControlMaster=yes",
        "-o",
        "ControlPersist=60",
        "true");
    try {
      String shared =
          script(
              "for i in {1..30}; do ssh -o %s \"$@\" 'sleep 1; echo $PPID' & done; wait"
                  .formatted(master));
      assertThat(shared.lines().toList()).hasSize(30);
      assertThat(shared.lines().distinct()).hasSize(1);
    } finally {
      ssh("anna", "ghitanna", "-o", master, "-O", "exit");
    }
  }

  @Test
  void showsOverSshWhatWasStartedOverHttp() throws InterruptedException {
    Client anna = client("anna");
    anna.post("/execute", Map.of("command", "echo by http > shared; sleep 6101"));
    for (int i = 0; i < 100 && RealSshd.run("pgrep", "-f", "sleep 6101").isEmpty(); i++) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    String seen =
        ssh(
            "anna",
            "ghitanna",
            "id -u; cat shared; pgrep -af 'sleep 610[1]'; pkill -f 'sleep 610[1]'");
    assertThat(seen).startsWith(anna.run("id -u").output() + "by http\n").contains("sleep 6101");
    assertThat(ssh("admin", "ghitanna", "cat shared")).isEqualTo("by http\n");
    assertThat(ssh("bernd", "ghitbernd", "cat /home/ghitanna/shared 2>&1"))
        .contains("Permission denied");
  }

  @Test
  void isKnownByTheKeyOnItsVolume() {
    assertThat(
            RealSshd.run(
                "/bin/bash",
                "-c",
                "ssh-keyscan -t ed25519 -p " + sshd.peoplePort() + " 127.0.0.1 2>/dev/null"))
        .contains(sshd.hostKey());
  }
}
