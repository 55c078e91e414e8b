package io.gatehouse.gateway.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.RealSshd;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the list of ports and the proxy to them, with servers that users run in real logins. */
final class PortsIT {

  private static final String KEY = "ports-test-key";

  /** A server that tells what it was sent, and answers what a test asks of it. */
  private static final String SERVER =
      """
      import hashlib, json, os, socket, sys, time
      from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
      class Handler(BaseHTTPRequestHandler):
          protocol_version = 'HTTP/1.1'
          def log_message(self, *_): pass
          def read(self):
              if 'chunked' in self.headers.get('Transfer-Encoding', ''):
                  data = b''
                  while size := int(self.rfile.readline(), 16):
                      data += self.rfile.read(size); self.rfile.readline()
                  self.rfile.readline()
                  return data
              return self.rfile.read(int(self.headers.get('Content-Length', 0)))
          def answer(self, data, status=200, **headers):
              self.send_response(status)
              for name, value in headers.items(): self.send_header(name.replace('_', '-'), value)
              self.send_header('Content-Length', str(len(data)))
              self.end_headers()
              if self.command != 'HEAD': self.wfile.write(data)
          def do(self):
              data = self.read()
              if self.path.startswith('/redirect/'):
                  return self.answer(b'', 302, Location=self.headers['X-To'])
              if self.path == '/origin':
                  return self.answer(b'<p>', Content_Type='text/html', Set_Cookie='token=evil; Path=/',
                      Clear_Site_Data='"*"', Access_Control_Allow_Origin='*', X_Accel_Redirect='/etc',
                      Service_Worker_Allowed='/', Content_Security_Policy="default-src 'self'",
                      WWW_Authenticate='Basic', X_Kept='kept', Connection='X-Hop', X_Hop='hop')
              if self.path == '/events':
                  self.send_response(200)
                  self.send_header('Content-Type', 'text/event-stream')
                  self.send_header('Transfer-Encoding', 'chunked')
                  self.end_headers()
                  for text in (b'data: one\\n\\n', b'data: two\\n\\n'):
                      self.wfile.write(b'%x\\r\\n%s\\r\\n' % (len(text), text)); self.wfile.flush()
                      time.sleep(3)
                  return self.wfile.write(b'0\\r\\n\\r\\n')
              if self.path == '/large':
                  self.send_response(200)
                  self.send_header('Content-Length', str(200 << 20))
                  self.end_headers()
                  piece = bytes(1 << 20)
                  for _ in range(200): self.wfile.write(piece)
                  return
              if self.path == '/not-http':
                  self.wfile.write(b'SSH-2.0-nothing\\r\\n'); self.close_connection = True
                  return
              if self.path == '/ends':
                  self.close_connection = True
                  return
              if self.path == '/short':
                  self.send_response(200)
                  self.send_header('Content-Length', '100')
                  self.end_headers()
                  self.wfile.write(b'half'); self.close_connection = True
                  return
              self.answer(json.dumps({'line': self.requestline, 'headers': self.headers.items(),
                  'uid': os.getuid(), 'length': len(data), 'hash': hashlib.sha256(data).hexdigest(),
                  'from': self.client_address[1]}).encode(), Content_Type='application/json')
          do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do
      class Server(ThreadingHTTPServer):
          address_family = socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET
          def server_bind(self):
              if self.address_family == socket.AF_INET6:
                  self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
              super().server_bind()
      Server((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
      """;

  private static PortServers servers;
  private static int port;

  @BeforeAll
  static void start() {
    servers = PortServers.start(KEY);
    port = serve("alice", "127.0.0.1");
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(servers);
  }

  private static Client user(String id) {
    return servers.user(id);
  }

  private static int serve(String user, String address) {
    return serve(user, address, RealSshd.freePort());
  }

  private static int serve(String user, String address, int chosen) {
    servers.run(user, "serve.py", SERVER, address + " " + chosen);
    servers.awaitPort(user, chosen);
    return chosen;
  }

  private static String proxy(String path) {
    return "/proxy/" + port + path;
  }

  @Test
  void listsTheCallersOwnPortsWithTheirPrograms() {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(user("alice").get("/ports").json().path("ports"))
                    .anySatisfy(
                        entry -> {
                          assertThat(entry.path("port").asInt()).isEqualTo(port);
                          assertThat(entry.path("pid").asInt()).isPositive();
                          assertThat(entry.path("process").asText()).startsWith("python3");
                        }));
    assertThat(user("carol").run("true").exitCode()).isZero();
    assertThat(user("carol").get("/ports").body()).isEqualTo("{\"ports\":[]}");
    assertThat(user("never-seen").get("/ports").body()).isEqualTo("{\"ports\":[]}");
  }

  @Test
  void passesTheRequestOnAsItCame() {
    Answer answer =
        user("alice")
            .with("Cookie", "token=secret")
            .with("X-Session-Id", "chat")
            .with("X-Terminal-Context-Id", "context")
            .with("X-OpenWebUI-User-Email", "alice@example.org")
            .with("X-Forwarded-For", "10.1.1.1")
            .with("X-Own", "own")
            .get(proxy("/a%2Fb/%3Fc//d;e?x=1&x=null&y=%20+z"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("line").asText())
        .isEqualTo("GET /a%2Fb/%3Fc//d;e?x=1&x=null&y=%20+z HTTP/1.1");
    String headers = answer.json().path("headers").toString();
    assertThat(headers)
        .contains("[\"Host\",\"localhost:" + port + "\"]", "[\"X-Own\",\"own\"]")
        .contains("[\"X-Forwarded-For\",\"127.0.0.1\"]")
        .contains("[\"X-Forwarded-Prefix\",\"/proxy/" + port + "\"]")
        .doesNotContainIgnoringCase(
            "secret", KEY, "authorization", "cookie", "x-user-id", "x-session-id", "context")
        .doesNotContainIgnoringCase("openwebui", "10.1.1.1", "transfer-encoding");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
  void passesEveryMethodAndItsBodyOn(String method) {
    Answer answer = user("alice").send(method, proxy("/"), "x".repeat(3_000_000));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("line").asText()).startsWith(method + " / ");
    assertThat(answer.json().path("length").asInt()).isEqualTo(3_000_000);
  }

  @Test
  void answersHeadWithoutABody() {
    Answer answer = user("alice").send("HEAD", proxy("/x"), null);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.response().headers().firstValueAsLong("Content-Length").orElse(0))
        .isPositive();
  }

  @Test
  void leavesOutWhatWouldTouchTheOrigin() {
    HttpResponse<?> answer = user("alice").get(proxy("/origin")).response();
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().map().keySet())
        .map(name -> name.toLowerCase(java.util.Locale.ROOT))
        .contains("x-kept")
        .doesNotContain(
            "set-cookie",
            "clear-site-data",
            "x-accel-redirect",
            "service-worker-allowed",
            "www-authenticate",
            "x-hop");
    assertThat(answer.headers().allValues("Content-Security-Policy"))
        .containsExactly(
            "sandbox allow-scripts allow-forms allow-downloads allow-popups allow-modals,"
                + " default-src 'self'");
  }

  @ParameterizedTest
  @CsvSource({
    "/redirect/x,/next?a=b,302,../next?a=b",
    "/redirect/x,http://localhost:PORT/next,302,../next",
    "/redirect/a/b,../c,302,../../redirect/c",
    "/redirect/x,https://evil.example/,502,",
    "/redirect/x,//evil.example/,502,",
    "/redirect/x,/\\evil.example/,502,",
    "/redirect/x,http://localhost:PORT@evil.example/,502,",
  })
  void leadsOnlyToTheServerItself(String path, String to, int status, String location) {
    Answer answer =
        user("alice").with("X-To", to.replace("PORT", Integer.toString(port))).get(proxy(path));
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.response().headers().firstValue("Location").orElse(null)).isEqualTo(location);
  }

  @Test
  void addsTheMissingSlash() {
    Answer answer = user("alice").get("/proxy/" + port + "?a=b");
    assertThat(answer.status()).isEqualTo(307);
    assertThat(answer.response().headers().firstValue("Location")).contains(port + "/?a=b");
  }

  @Test
  void streamsEventsAsTheyCome() throws IOException {
    long begun = System.nanoTime();
    try (Socket socket = send("GET " + proxy("/events") + " HTTP/1.1\r\n" + head() + "\r\n")) {
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      String line = lines.readLine();
      while (line != null && !line.equals("data: one")) {
        line = lines.readLine();
      }
      assertThat(line).isEqualTo("data: one");
      assertThat(System.nanoTime() - begun).isLessThan(Duration.ofSeconds(2).toNanos());
    }
  }

  @Test
  void streamsWhatDoesNotFitIntoMemory() throws IOException {
    try (Socket socket = send("GET " + proxy("/large") + " HTTP/1.1\r\n" + head() + "\r\n")) {
      long begun = System.nanoTime();
      InputStream in = socket.getInputStream();
      long count = in.skip(200L << 20);
      while (count < 200L << 20) {
        count += in.readNBytes(1 << 16).length;
      }
      System.out.println(
          "200 MB through the proxy: "
              + Duration.ofNanos(System.nanoTime() - begun).toMillis()
              + " ms");
    }
  }

  @Test
  void keepsTheConnectionToTheServer() {
    Client alice = user("alice");
    List<Integer> from =
        java.util.stream.IntStream.range(0, 20)
            .map(count -> alice.get(proxy("/")).json().path("from").asInt())
            .boxed()
            .distinct()
            .toList();
    assertThat(from).hasSizeLessThan(4);
  }

  /** It speaks HTTP/1.0 and ends the connection after each answer. */
  @Test
  void showsTheFolderOfPythonsOwnServer() {
    int other = RealSshd.freePort();
    user("alice")
        .run("mkdir -p www && echo hello >www/page.html && head -c 3000000 /dev/zero >www/z");
    servers.run("alice", "-m http.server -d www -b 127.0.0.1 " + other);
    servers.awaitPort("alice", other);
    String base = "/proxy/" + other;
    assertThat(user("alice").get(base + "/page.html").body()).isEqualTo("hello\n");
    assertThat(user("alice").get(base + "/").body()).contains("page.html");
    assertThat(user("alice").bytes(base + "/z").body()).hasSize(3_000_000);
    assertThat(user("alice").get(base + "/none").status()).isEqualTo(404);
    assertThat(user("alice").send("HEAD", base + "/z", null).status()).isEqualTo(200);
  }

  @Test
  void reachesAServerOfIpv6Only() {
    int other = serve("alice", "::1");
    assertThat(user("alice").get("/proxy/" + other + "/x").json().path("line").asText())
        .isEqualTo("GET /x HTTP/1.1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"::", "::1"})
  void findsTheCallersServerBesideThatOfAnotherUserAtTheOtherAddress(String address) {
    int both = serve("bob", "127.0.0.1");
    var unused = serve("alice", address, both);
    for (String user : List.of("alice", "bob")) {
      assertThat(user(user).get("/proxy/" + both + "/x").json().path("uid").asText())
          .isEqualTo(user(user).run("id -u").output().strip());
    }
  }

  @Test
  void finds404WhereNoProgramOfTheCallerListens() {
    int bobs = serve("bob", "127.0.0.1");
    List<Integer> ports =
        List.of(
            bobs,
            servers.sshd().peoplePort(),
            servers.gateway().port(),
            RealSshd.freePort(),
            1,
            65_535);
    for (int each : ports) {
      Answer answer = user("alice").get("/proxy/" + each + "/");
      assertThat(answer.status()).as("port " + each).isEqualTo(404);
      assertThat(answer.detail()).isEqualTo("Port not found");
    }
    assertThat(user("bob").get("/proxy/" + bobs + "/").status()).isEqualTo(200);
    assertThat(user("never-seen").get("/proxy/" + bobs + "/").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({"/proxy/x/,422", "/proxy/0/,422", "/proxy/65536/,422", "/proxy/%33000/,400"})
  void refusesWhatIsNoPort(String path, int status) {
    assertThat(user("alice").get(path).status()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/not-http", "/ends"})
  void says502WhereThereIsNoAnswerInHttp(String path) {
    Answer answer = user("alice").get(proxy(path));
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.detail()).contains("gave no answer in HTTP");
  }

  private static String head() {
    return "Host: gatehouse\r\nAuthorization: Bearer " + KEY + "\r\nX-User-Id: alice\r\n";
  }

  private static Socket send(String request) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), servers.gateway().port());
    socket.setSoTimeout(20_000);
    socket.getOutputStream().write(request.getBytes(ISO_8859_1));
    return socket;
  }

  /** What looks like two requests in one must be neither to the server. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST %s HTTP/1.1\r\n%sContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "POST %s HTTP/1.1\r\n%sContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST %s HTTP/1.1\r\n%sTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST %s HTTP/1.1\r\n%sTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST %s HTTP/1.1\r\n%sTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "GET %s\rX HTTP/1.1\r\n%s\r\n",
        "GET %s HTTP/1.1\r\n%sX-A: b\rX-User-Id: bob\r\n\r\n",
        "GET %s HTTP/1.1\r\n%sX-User-Id: bob\r\n\r\n",
        "GET %s\u0000 HTTP/1.1\r\n%s\r\n",
      })
  void refusesSmuggledRequests(String request) throws IOException {
    try (Socket socket = send(request.formatted(proxy("/smuggled"), head()))) {
      socket.shutdownOutput();
      String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      assertThat(answer).startsWith("HTTP/1.1 400").doesNotContain("smuggled HTTP");
    }
  }

  @Test
  void takesTheHostOfAnAbsoluteAddressForNothing() throws IOException {
    String line = "GET http://169.254.169.254" + proxy("/x") + " HTTP/1.1\r\n";
    try (Socket socket = send(line + head() + "Connection: close\r\n\r\n")) {
      String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      assertThat(answer.startsWith("HTTP/1.1 400") || answer.contains("GET /x HTTP/1.1")).isTrue();
    }
  }
}
