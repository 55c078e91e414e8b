package io.gatehouse.gateway.http.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.gateway.http.exchange.RefusalLog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Tests the limits of connections with a Jetty that has short limits, and with clients that keep it
 * waiting. The tests run at the same time, because they mostly wait; each test has its own Jetty.
 */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(60)
final class GuardedConnectionsTest {

  private static final Duration HEADER = Duration.ofSeconds(2);
  private static final Duration STRANGERS = Duration.ofSeconds(3);
  private static final Duration KNOWN = Duration.ofSeconds(20);
  private static final int MOST = 5;

  private final Server server = new Server();
  private final RefusalLog log = new RefusalLog();
  private final Strangers strangers = new Strangers(MOST, log);
  private final Strangers resting = new Strangers(MOST, log);
  private final List<Socket> clients = new ArrayList<>();
  private int port;

  @BeforeEach
  void start() throws Exception {
    HttpConfiguration configuration = new HttpConfiguration();
    configuration.setRequestHeaderSize(GuardedConnections.LARGEST_HEADER);
    ServerConnector connector =
        new ServerConnector(
            server,
            new GuardedConnections(
                configuration,
                strangers,
                resting,
                new GuardedConnections.Limits(HEADER, STRANGERS, KNOWN)));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws InterruptedException {
            if (request.getHttpURI().getPath().startsWith("/known")) {
              GuardedConnections.known(request.getConnectionMetaData().getConnection());
            }
            if (request.getHttpURI().getPath().endsWith("/slow")) {
              TimeUnit.MILLISECONDS.sleep(2 * STRANGERS.toMillis());
            }
            if (request.getHttpURI().getPath().equals("/cookie")) {
              response.setStatus(request.getHeaders().contains(HttpHeader.COOKIE) ? 200 : 204);
            }
            if (request.getHttpURI().getPath().endsWith("/rests")) {
              GuardedConnections.rest(request.getConnectionMetaData().getConnection());
            }
            callback.succeeded();
            return true;
          }
        });
    server.start();
    port = connector.getLocalPort();
  }

  @AfterEach
  void stop() throws Exception {
    for (Socket client : clients) {
      client.close();
    }
    server.stop();
    log.close();
  }

  private Socket connect() throws IOException {
    Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
    client.setSoTimeout(10_000);
    clients.add(client);
    return client;
  }

  private static void send(Socket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String request(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
  }

  /** The status line of one answer, or nothing if the server has closed the connection. */
  private static String answer(Socket client) throws IOException {
    StringBuilder header = new StringBuilder();
    while (header.indexOf("\r\n\r\n") < 0) {
      int next = client.getInputStream().read();
      if (next < 0) {
        break;
      }
      header.append((char) next);
    }
    return header.toString().lines().findFirst().orElse("");
  }

  private static boolean isOpen(Socket client) throws IOException {
    client.setSoTimeout(1);
    try {
      return client.getInputStream().read() >= 0;
    } catch (SocketTimeoutException nothingSaid) {
      return true;
    }
  }

  @Test
  void closesTheConnectionThatHasRestedLongestAndNoneThatIsAtWork() throws IOException {
    Socket working = connect();
    send(working, request("/known/rests"));
    assertThat(answer(working)).contains(" 200 ");
    send(working, request("/known/slow"));
    await().until(() -> resting.size() == 0);
    List<Socket> known = new ArrayList<>();
    for (int i = 0; i < MOST + 1; i++) {
      Socket client = connect();
      known.add(client);
      send(client, request("/known/rests"));
      assertThat(answer(client)).contains(" 200 ");
    }
    assertThat(answer(known.getFirst())).isEmpty();
    for (Socket client : known.subList(1, known.size())) {
      send(client, request("/known/rests"));
      assertThat(answer(client)).contains(" 200 ");
    }
    assertThat(answer(working)).contains(" 200 ");
    assertThat(strangers.size()).isZero();
    for (Socket client : clients) {
      client.close();
    }
    assertThat(resting.size()).isLessThanOrEqualTo(MOST);
  }

  @Test
  void refusesMoreFieldsThanAnybodyNeeds() throws IOException {
    Socket few = connect();
    send(few, "GET / HTTP/1.1\r\nHost: a\r\n" + "a:b\r\n".repeat(99) + "\r\n");
    assertThat(answer(few)).contains(" 200 ");
    Socket many = connect();
    send(many, "GET / HTTP/1.1\r\nHost: a\r\n" + "a:b\r\n".repeat(100) + "\r\n");
    assertThat(answer(many)).contains(" 431 ");
  }

  @Test
  void refusesTooManyFieldsBeforeTheLastOne() throws IOException {
    Socket client = connect();
    send(client, "GET / HTTP/1.1\r\nHost: a\r\n" + "a:b\r\n".repeat(1000));
    assertThat(answer(client)).contains(" 431 ");
  }

  @Test
  void refusesALongHeader() throws IOException {
    Socket client = connect();
    send(client, "GET / HTTP/1.1\r\nHost: a\r\nCookie: " + "c".repeat(50_000) + "\r\n\r\n");
    assertThat(answer(client)).contains(" 431 ");
  }

  @Test
  void takesManyCookiesAndTellsNobody() throws IOException {
    Socket client = connect();
    send(client, "GET /cookie HTTP/1.1\r\nHost: a\r\nCookie: " + "c".repeat(40_000) + "\r\n\r\n");
    assertThat(answer(client)).contains(" 204 ");
  }

  @Test
  void closesAHeaderThatTrickles() throws Exception {
    Socket client = connect();
    send(client, "GET / HTTP/1.1\r\nHost: a\r\nA: ");
    long begun = System.nanoTime();
    assertThat(
            catchClosed(
                () -> {
                  while (System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(15)) {
                    send(client, "b");
                    TimeUnit.MILLISECONDS.sleep(50);
                  }
                }))
        .isTrue();
  }

  /** The action that a client repeats until it finds the connection closed. */
  @FunctionalInterface
  private interface Sending {
    void run() throws IOException, InterruptedException;
  }

  private static boolean catchClosed(Sending sending) throws InterruptedException {
    try {
      sending.run();
      return false;
    } catch (IOException closed) {
      return true;
    }
  }

  @Test
  void closesAHeaderThatStopsHalfWayAlsoOfAKnownCaller() throws IOException {
    Socket stranger = connect();
    send(stranger, "GET / HTTP/1.1\r\nHost");
    assertThat(answer(stranger)).doesNotContain(" 200 ");
    Socket known = connect();
    send(known, request("/known"));
    assertThat(answer(known)).contains(" 200 ");
    send(known, "GET / HTTP/1.1\r\nHost");
    // At KNOWN, the read of this test would have failed before.
    assertThat(answer(known)).doesNotContain(" 200 ");
  }

  @Test
  void closesASilentStrangerAndKeepsASilentKnownCaller() throws Exception {
    Socket known = connect();
    send(known, request("/known"));
    assertThat(answer(known)).contains(" 200 ");
    Socket stranger = connect();
    assertThat(stranger.getInputStream().read()).isEqualTo(-1);
    send(known, request("/known"));
    assertThat(answer(known)).contains(" 200 ");
  }

  @Test
  void keepsAKnownCallerWhoIsSilentForLongerThanAHeaderMayTake() throws Exception {
    Socket known = connect();
    for (int i = 0; i < 3; i++) {
      send(known, request("/known"));
      assertThat(answer(known)).contains(" 200 ");
      TimeUnit.MILLISECONDS.sleep(HEADER.toMillis() * 3 / 2);
    }
  }

  @Test
  void letsARequestOfAKnownCallerBeSilentWhoseHeaderCameInTwoParts() throws Exception {
    Socket known = connect();
    send(known, "GET /known/slow HTTP/1.1\r\nHo");
    TimeUnit.MILLISECONDS.sleep(100);
    send(known, "st: a\r\n\r\n");
    assertThat(answer(known)).contains(" 200 ");
  }

  @Test
  void closesTheOldestStrangerForEachNewcomerThatIsTooMuch() throws Exception {
    Socket known = connect();
    send(known, request("/known"));
    assertThat(answer(known)).contains(" 200 ");
    assertThat(strangers.size()).isZero();
    Socket first = connect();
    send(first, "GET");
    for (int i = 0; i < 3 * MOST; i++) {
      send(connect(), "GET");
    }
    Socket last = connect();
    send(last, request("/"));
    assertThat(answer(last)).contains(" 200 ");
    assertThat(answer(first)).isEmpty();
    assertThat(strangers.size()).isEqualTo(MOST);
    assertThat(isOpen(known)).isTrue();
    assertThat(isOpen(last)).isTrue();
  }
}
