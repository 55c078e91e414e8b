package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.account.Boundary.RuntimeFile;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where sshd listens for the gateway and how long anything there may take.
 *
 * @param port the loopback port of sshd's listener for the gateway
 * @param runtimeDirectory what {@code sshd-config/prepare} made for this start: the provisioning
 *     key, the host's public key, the prelude of commands
 * @param terminalType TERM of every pseudo-terminal
 * @param loginLimit for a connection with its key exchange and login
 * @param channelLimit for opening one channel, and for a program to take its input
 * @param provisioningLimit for one request to the provisioning command
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

  /** The settings with the limits that hold everywhere. */
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

  Path prelude() {
    return RuntimeFile.PRELUDE.in(runtimeDirectory);
  }

  /** The program that looks whether a command waits for input. */
  Path waiting() {
    return RuntimeFile.WAITING.in(runtimeDirectory);
  }

  /** The program that tries how far accounts are kept apart. */
  public Path probe() {
    return RuntimeFile.PROBE.in(runtimeDirectory);
  }

  /** Where {@code sshd-config/require-isolation} reads which measures are in force. */
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
