package io.gatehouse.gateway.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.gateway.RunningGateway;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * Runs a real sshd on this machine, prepared as a launcher prepares it. Its folders and accounts
 * are its own, and {@link #close} removes them.
 */
public final class RealSshd implements AutoCloseable {

  /**
   * The beginning of the name of every test account. Any account with such a name may be removed.
   */
  public static final String ACCOUNT_PREFIX = "ghit";

  private static final String PAM_SERVICE = "gatehouse-it";
  private static final String LARGEST_UID_OF_CONTAINERS = "24999";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path root;
  private final Path state;
  private final int sshPort;
  private final int peoplePort;
  private final Process sshd;

  private RealSshd(Map<String, String> settings) throws IOException, InterruptedException {
    removeAccounts();
    // The folder is below /run, because sshd requires that only root can change the folders above
    // its keys.
    root = Files.createTempDirectory(Path.of("/run"), "gatehouse-it-");
    run("chmod", "755", root.toString());
    state = Path.of("/home/.gatehouse-it-" + ProcessHandle.current().pid());
    sshPort = freePort();
    peoplePort = freePort();
    prepare(settings);
    skipUidsOfContainers();
    copyDocumentsProgram();
    sshd = startSshd();
    awaitDoor(sshPort);
    awaitDoor(peoplePort);
  }

  public static RealSshd start() {
    return start(Map.of());
  }

  /**
   * Starts it as prepared with more settings.
   *
   * @param settings more for {@code prepare}
   */
  public static RealSshd start(Map<String, String> settings) {
    Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    try {
      return new RealSshd(settings);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private void prepare(Map<String, String> settings) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(repository().resolve("sshd-config/prepare").toString()).inheritIO();
    builder.environment().putAll(environment());
    builder.environment().putAll(settings);
    builder.environment().put("GATEHOUSE_PEOPLE_ADDRESS", "127.0.0.1");
    builder.environment().put("GATEHOUSE_PEOPLE_PORT", Integer.toString(peoplePort));
    builder.environment().put("GATEHOUSE_TMP_DIR", root.resolve("tmp").toString());
    builder.environment().put("GATEHOUSE_PAM_SERVICE", PAM_SERVICE);
    builder.environment().put("GATEHOUSE_ADMIN_KEYS", adminKeys().toString());
    Process prepare = builder.start();
    assertThat(prepare.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(prepare.exitValue()).as("sshd-config/prepare").isZero();
  }

  /**
   * Claims a uid, so that all accounts get larger ones. The tests of the image may run at the same
   * time, and their containers have accounts from the smallest uid on. The kernel counts the
   * processes of a uid in all containers and on this machine together, and here {@code pkill -u}
   * finds processes of containers too.
   */
  private void skipUidsOfContainers() throws IOException {
    Path uids =
        Files.createDirectories(
            state.resolve("registry").resolve("uids"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.writeString(uids.resolve(LARGEST_UID_OF_CONTAINERS), "containers");
  }

  /**
   * The file is copied because every account reads it, and this clone may be in a folder that only
   * its owner can enter.
   */
  private void copyDocumentsProgram() {
    Path built = repository().resolve("documents/target");
    run(
        "cp",
        "-R",
        built.resolve("documents.jar").toString(),
        built.resolve("lib").toString(),
        root.resolve("etc").toString());
  }

  private static Path repository() {
    Path here = Path.of("").toAbsolutePath();
    // Maven runs tests in the module's folder.
    return Files.isDirectory(here.resolve("sshd-config"))
        ? here
        : Objects.requireNonNull(here.getParent());
  }

  /** The port on loopback at which people log in. */
  public int peoplePort() {
    return peoplePort;
  }

  /** The folder of the files that outlive the gateway. */
  public Path state() {
    return state;
  }

  /** The folder of the admin's configuration. */
  public Path etc() {
    return root.resolve("etc");
  }

  /** The number of logins of an account since the start, as sshd's log has them. */
  public long logins(String account) {
    return read(root.resolve("sshd.log"))
        .lines()
        .filter(line -> line.contains("Accepted publickey for " + account + " "))
        .count();
  }

  /** The command {@code gatehouse} of an admin. */
  public Path command() {
    return root.resolve("run/gatehouse");
  }

  /** The file of the admins' keys, which is not there yet. */
  public Path adminKeys() {
    return root.resolve("admin_authorized_keys");
  }

  /** The public key by which clients recognise this server: its type and value. */
  public String hostKey() {
    String line = read(root.resolve("run/ssh_host_ed25519_key.pub")).strip();
    return line.substring(0, line.lastIndexOf(' '));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The settings that a gateway needs to work on this machine. */
  public Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("OPEN_TERMINAL_RUNTIME_DIR", root.resolve("run").toString());
    environment.put("GATEHOUSE_ETC", etc().toString());
    environment.put("OPEN_TERMINAL_USER_PREFIX", ACCOUNT_PREFIX);
    // The default of a large machine.
    environment.put("GATEHOUSE_LIMIT_PROCESSES", "512");
    environment.put("OPEN_TERMINAL_STATE_DIR", state.toString());
    environment.put("OPEN_TERMINAL_SSH_PORT", Integer.toString(sshPort));
    environment.put("GATEHOUSE_DOCUMENTS", root.resolve("etc/documents.jar").toString());
    return environment;
  }

  /** A gateway of this sshd in key mode, with an account for each user. */
  public RunningGateway startGateway(String key, Map<String, String> settings) {
    Map<String, String> environment = new HashMap<>(environment());
    environment.put("OPEN_TERMINAL_HOST", "127.0.0.1");
    environment.put("OPEN_TERMINAL_PORT", "0");
    environment.put("OPEN_TERMINAL_API_KEY", key);
    environment.put("OPEN_TERMINAL_USER_ISOLATION", "true");
    environment.putAll(settings);
    return RunningGateway.start(environment);
  }

  /** This is what the launchers do. */
  private Process startSshd() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            "/bin/bash",
            "-c",
            """
            set -euo pipefail
            . scripts/launch.bash
            start_sshd
            trap 'kill $listener_pid $people_sshd_pid' TERM
            wait
            """);
    builder.directory(repository().toFile());
    builder.environment().putAll(environment());
    builder.environment().put("GATEHOUSE_PAM_SERVICE", PAM_SERVICE);
    return builder
        .redirectErrorStream(true)
        .redirectOutput(root.resolve("sshd.log").toFile())
        .start();
  }

  private static void awaitDoor(int port) {
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(
            () -> {
              new Socket(InetAddress.getLoopbackAddress(), port).close();
              return true;
            });
  }

  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Runs a program to its end and returns what it printed. */
  public static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      return output;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** Breaks an account's connections, and ends nothing else of the account. */
  public static void killConnections(String account) {
    // Before OpenSSH 9.8, these processes have the name of the program that was started.
    run("pkill", "-KILL", "-u", account, "^(sshd|" + PAM_SERVICE + ")");
  }

  @Override
  public void close() {
    sshd.destroy();
    removeAccounts();
    run("rm", "-rf", root.toString(), state.toString(), "/etc/pam.d/" + PAM_SERVICE);
  }

  public static void removeAccounts() {
    run(
        "/bin/bash",
        "-c",
        """
        getent passwd | grep -o '^%s[^:]*' | while read -r name; do
          pkill -KILL -u "$name"
          userdel -f "$name"; groupdel "$name"
        done
        rm -rf /home/%s*
        """
            .formatted(ACCOUNT_PREFIX, ACCOUNT_PREFIX));
  }
}
