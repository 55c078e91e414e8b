package io.gatehouse.gateway.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reaches an account as people do: by OpenSSH's own programs, with a key pair of the person's. */
public final class PlainSsh {

  private PlainSsh() {}

  /** Makes a key pair. Its private key is in this file, its public key in the file with .pub. */
  public static void makeKey(Path key, String comment) {
    RealSshd.run(
        "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", key.toString());
  }

  /** The public key of a key pair that {@link #makeKey} has made. */
  public static Path publicKey(Path key) {
    return key.resolveSibling(key.getFileName() + ".pub");
  }

  /** Lets a key into an account by the account's own file. */
  public static void letIn(Client account, Path key) {
    String line;
    try {
      line = Files.readString(publicKey(key));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    assertThat(
            account
                .post("/files/write", Map.of("path", ".ssh/authorized_keys", "content", line))
                .status())
        .isEqualTo(200);
  }

  /**
   * The options with which a program of OpenSSH reaches a server on loopback by this key and no
   * other, and asks nobody anything. The port is an option, because the programs have different
   * letters for it.
   */
  public static List<String> options(Path key, int port) {
    List<String> options = new ArrayList<>(List.of("-F", "none", "-i", key.toString()));
    for (String option :
        List.of(
            "Port=" + port,
            "IdentitiesOnly=yes",
            "BatchMode=yes",
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
            "LogLevel=ERROR",
            "ConnectTimeout=20")) {
      options.add("-o");
      options.add(option);
    }
    return options;
  }

  /** The command line that runs words in a login to the account. */
  public static List<String> command(Path key, int port, String account, String... words) {
    List<String> command = new ArrayList<>(List.of("ssh"));
    command.addAll(options(key, port));
    command.add(account + "@127.0.0.1");
    command.addAll(List.of(words));
    return command;
  }

  /** The output of words that run in a login to the account. */
  public static String run(Path key, int port, String account, String... words) {
    return RealSshd.run(command(key, port, account, words).toArray(String[]::new));
  }
}
