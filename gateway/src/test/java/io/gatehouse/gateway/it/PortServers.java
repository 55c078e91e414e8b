package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.RawRequests;
import io.gatehouse.gateway.support.RealSshd;
import java.time.Duration;
import java.util.Map;

/**
 * A real sshd, and a gateway whose users run servers on ports of their own.
 *
 * @param key the API key
 */
record PortServers(RealSshd sshd, RunningGateway gateway, String key) implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  static PortServers start(String key) {
    RealSshd sshd = RealSshd.start();
    try {
      return new PortServers(sshd, sshd.startGateway(key, Map.of()), key);
    } catch (RuntimeException failure) {
      sshd.close();
      throw failure;
    }
  }

  Client user(String id) {
    return new RawRequests(gateway.port(), key, id).client();
  }

  /** Starts a program in Python of this user's, without waiting for anything that it does. */
  void run(String user, String file, String program, String arguments) {
    assertThat(user(user).post("/files/write", Map.of("path", file, "content", program)).status())
        .isEqualTo(200);
    run(user, file + " " + arguments);
  }

  /** Starts Python with these arguments. */
  void run(String user, String arguments) {
    Map<String, String> command = Map.of("command", "exec /usr/bin/python3 " + arguments);
    assertThat(user(user).post("/execute?wait=0", command).status()).isEqualTo(200);
  }

  /** Waits until a program of this user's listens at the port. */
  void awaitPort(String user, int port) {
    await()
        .atMost(LIMIT)
        .until(() -> user(user).get("/ports").body().contains("\"port\":" + port + ","));
  }

  @Override
  public void close() {
    Closing.inOrder(gateway, sshd);
  }
}
