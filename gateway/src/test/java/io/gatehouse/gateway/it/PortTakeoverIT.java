package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.RealSshd;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Tests that alice's requests never reach a server of bob's at a port that changes hands between
 * their servers all the time. Nothing but the gateway keeps the two apart here: there is neither
 * netguard nor a network of one's own.
 */
final class PortTakeoverIT {

  private static final String KEY = "takeover-test-key";

  /** The number of requests. 10,000 take more than three minutes on two processors. */
  private static final int TRIES = Integer.getInteger("gatehouse.takeovers", 1_500);

  /** The requests at the same time. The gateway must tell their connections apart. */
  private static final int CALLERS = 8;

  /**
   * A server that hands its port on to the server of another user, which waits for the port. It
   * does so at all moments: while a connection waits, after it was accepted, and after the answer.
   *
   * <p>Alice also listens at the same port of IPv6. So the list of ports always has the port as
   * hers, and every request gets as far as the connection.
   */
  private static final String SERVER =
      """
      import os, random, socket, sys, threading
      port, me, other = int(sys.argv[1]), sys.argv[2], sys.argv[3]
      turns = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
      turns.bind(f'\\0takeover-{port}-{me}')
      reached, got = (os.open(os.path.expanduser(name), os.O_CREAT | os.O_WRONLY | os.O_APPEND)
                      for name in ('~/reached', '~/got'))
      def answer(connection):
          os.write(reached, b'.')
          try:
              connection.settimeout(10)
              data = connection.recv(10000)
              os.write(got, data)
              if data:
                  connection.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\nConnection: close\\r\\n\\r\\n'
                      + me.encode().ljust(5))
          except OSError: pass
          connection.close()
      def listen(family, address):
          server = socket.socket(family)
          server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
          if family == socket.AF_INET6: server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
          server.bind((address, port)); server.listen(64)
          return server
      def always(server):
          while True: answer(server.accept()[0])
      if me == 'alice':
          threading.Thread(target=always, args=[listen(socket.AF_INET6, '::')]).start()
      else:
          turns.recv(1)
      while True:
          server = listen(socket.AF_INET, '127.0.0.1')
          server.settimeout(random.random() / 100)
          accepted = None
          try: accepted = server.accept()[0]
          except OSError: pass
          worker = accepted and threading.Thread(target=answer, args=[accepted])
          if worker and random.random() < 0.5: worker.start(); worker.join(0.01)
          server.close()
          turns.sendto(b'.', f'\\0takeover-{port}-{other}')
          if worker and not worker.ident: worker.start()
          turns.recv(1)
      """;

  private static PortServers servers;

  @BeforeAll
  static void start() {
    servers = PortServers.start(KEY);
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(servers);
  }

  private static Client user(String id) {
    return servers.user(id);
  }

  private static void start(String user, String other, int port) {
    servers.run(user, "takeover.py", SERVER, port + " " + user + " " + other);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> user(user).run("test -e got").exitCode() == 0);
  }

  private static int size(String user, String file) {
    return Integer.parseInt(user(user).run("stat -c %s " + file).output().strip());
  }

  /** Sends requests while some are left, and returns how many alice's server has answered. */
  private static int answered(int port, AtomicInteger left) {
    Client alice = user("alice");
    int answered = 0;
    while (left.getAndDecrement() > 0) {
      Answer answer = alice.get("/proxy/" + port + "/secret-of-alice");
      assertThat(answer.status()).as(answer.body()).isIn(200, 404, 502);
      if (answer.status() == 200) {
        assertThat(answer.body()).isEqualTo("alice");
        answered++;
      }
    }
    return answered;
  }

  @Test
  void reachesNoServerOfAnotherUser() {
    int port = RealSshd.freePort();
    start("bob", "alice", port);
    start("alice", "bob", port);
    AtomicInteger left = new AtomicInteger(TRIES);
    int answered =
        IntStream.range(0, CALLERS)
            .mapToObj(
                caller ->
                    CompletableFuture.supplyAsync(
                        () -> answered(port, left), Thread::startVirtualThread))
            .toList()
            .stream()
            .mapToInt(CompletableFuture::join)
            .sum();
    int reachedAlice = size("alice", "reached");
    int reachedBob = size("bob", "reached");
    System.out.printf(
        "a port that changes hands: %d requests; %d connections were accepted by alice's server,"
            + " %d by bob's; %d requests were answered%n",
        TRIES, reachedAlice, reachedBob, answered);
    assertThat(size("bob", "got")).isZero();
    assertThat(size("alice", "got")).isPositive();
    assertThat(answered).isGreaterThan(TRIES / 10);
    assertThat(reachedBob).isGreaterThan(TRIES / 10);
  }
}
