package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.Boundary.RuntimeFile;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The place where sshd listens for the gateway, and the limits of logins, channels and requests.
 *
 * @param port the loopback port of sshd's listener for the gateway
 * @param runtimeDirectory the directory that {@code sshd-config/prepare} made for this start, with
 *     the provisioning key, the host's public key and the prelude of commands
 * @param terminalType TERM of every pseudo-terminal
 * @param loginLimit the limit for a connection with its key exchange and login
 * @param channelLimit the limit for opening one channel, and for a program to take its input
 * @param provisioningLimit the limit for one request to the provisioning command
 * @param idleEnd how long a login without any channel is kept, if its account has no shorter limit
 */
public record SshSettings(
    int port,
    Path runtimeDirectory,
    String terminalType,
    Duration loginLimit,
    Duration channelLimit,
    Duration provisioningLimit,
    Duration idleEnd) {

  public static final int DEFAULT_PORT = 2022;
  public static final Path DEFAULT_RUNTIME_DIRECTORY = Path.of("/run/gatehouse");
  public static final String DEFAULT_TERMINAL_TYPE = "xterm-256color";

  /** Makes settings with the limits that are the same on every server. */
  public static SshSettings of(int port, Path runtimeDirectory, String terminalType) {
    return new SshSettings(
        port,
        runtimeDirectory,
        terminalType,
        Duration.ofSeconds(20),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        Duration.ofMinutes(5));
  }

  /** The address and the account of a login, for error texts and log lines. */
  String where(Account account) {
    return "127.0.0.1:" + port + " as " + account.name().value();
  }

  Path prelude() {
    return RuntimeFile.PRELUDE.in(runtimeDirectory);
  }

  /** The program that finds out whether a command waits for input. */
  Path waiting() {
    return RuntimeFile.WAITING.in(runtimeDirectory);
  }

  /** The program that runs a notebook's kernel. */
  public Path notebook() {
    return RuntimeFile.NOTEBOOK.in(runtimeDirectory);
  }

  /** The program that tests how far accounts are kept apart. */
  public Path probe() {
    return RuntimeFile.PROBE.in(runtimeDirectory);
  }

  /** The file in which {@code sshd-config/require-isolation} reads which measures are in force. */
  public Path inForce() {
    return RuntimeFile.IN_FORCE.in(runtimeDirectory);
  }

  Path hostKey() {
    return RuntimeFile.HOST_KEY.in(runtimeDirectory);
  }

  Path provisionerKey() {
    return RuntimeFile.PROVISIONER_KEY.in(runtimeDirectory);
  }
}
