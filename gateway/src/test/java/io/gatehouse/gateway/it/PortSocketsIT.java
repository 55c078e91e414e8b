package io.gatehouse.gateway.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.RealSshd;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests WebSockets to servers that users run in real logins. */
final class PortSocketsIT {

  private static final String KEY = "port-sockets-test-key";

  /** The key of RFC 6455 and the answer to it. */
  private static final String SOCKET_KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

  private static final int MOST_OF_USER = 16;

  /**
   * A server that speaks WebSocket, in ways that depend on the path. It notes the head of each
   * request in the file {@code seen}.
   */
  private static final String SERVER =
      """
      import base64, hashlib, socket, struct, sys, threading, time
      def accept(key):
          return base64.b64encode(hashlib.sha1(
              key.encode() + b'258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest()).decode()
      def frames(read, send):
          while True:
              one, two = read(2)
              size = two & 127
              if size == 126: size, = struct.unpack('>H', read(2))
              elif size == 127: size, = struct.unpack('>Q', read(8))
              mask, data = read(4), read(size)
              data = bytes(a ^ mask[i & 3] for i, a in enumerate(data))
              code = 10 if one & 15 == 9 else one & 15
              head = bytes([one & 0xf0 | code])
              head += bytes([size]) if size < 126 else struct.pack('>BH', 126, size)
              send(head + data)
              if code == 8: return
      def serve(sock):
          file = sock.makefile('rb')
          head = []
          while (line := file.readline().decode('latin-1').rstrip()): head.append(line)
          open('seen', 'a').write('\\n'.join(head) + '\\n\\n')
          path = head[0].split(' ')[1]
          fields = {a.lower(): b for a, b in (line.split(': ', 1) for line in head[1:])}
          def read(count):
              data = file.read(count)
              if len(data) < count: raise EOFError
              return data
          if path == '/silent': time.sleep(3600)
          if path == '/plain':
              return sock.sendall(b'HTTP/1.1 403 Forbidden\\r\\nContent-Length: 2\\r\\n\\r\\nno')
          answer = {'Upgrade': 'websocket', 'Connection': 'Upgrade',
                    'Sec-WebSocket-Accept': accept(fields['sec-websocket-key']),
                    'Set-Cookie': 'token=evil', 'X-Own': 'own'}
          if path == '/forged': answer['Sec-WebSocket-Accept'] = accept('another')
          if path == '/h2c': answer['Upgrade'] = 'h2c'
          if path == '/unconnected': answer['Connection'] = 'keep-alive'
          if path == '/length': answer['Content-Length'] = '0'
          for name in 'Protocol', 'Extensions':
              if (value := fields.get('sec-websocket-' + name.lower())):
                  answer['Sec-WebSocket-' + name] = value.split(',')[0]
          sock.sendall(('HTTP/1.1 101 Switching Protocols\\r\\n' + ''.join(
              '%s: %s\\r\\n' % each for each in answer.items()) + '\\r\\n').encode()
              + (b'ahead' if path == '/ahead' else b''))
          if path == '/raw':
              while (data := file.read1(65536)): sock.sendall(data)
              sock.sendall(b'the end')
          elif path == '/stuck': time.sleep(3600)
          elif path == '/gone': pass
          elif path == '/flood':
              piece, sent = bytes(1 << 16), 0
              while True:
                  sock.sendall(piece); sent += len(piece)
                  open('flood', 'w').write(str(sent))
          else: frames(read, sock.sendall)
      def one(sock):
          with sock:
              try: serve(sock)
              except (EOFError, OSError): pass
      server = socket.create_server(('127.0.0.1', int(sys.argv[1])))
      while True:
          threading.Thread(target=one, args=(server.accept()[0],), daemon=True).start()
      """;

  private static RealSshd sshd;
  private static RunningGateway gateway;
  private static int port;

  @BeforeAll
  static void start() {
    sshd = RealSshd.start();
    gateway = startGateway();
    port = serve(gateway, "alice");
  }

  private static RunningGateway startGateway() {
    return sshd.startGateway(
        KEY, Map.of("OPEN_TERMINAL_CORS_ALLOWED_ORIGINS", "https://named.example"));
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(gateway, sshd);
  }

  private static Client user(RunningGateway of, String id) {
    return new Client("http://127.0.0.1:" + of.port(), Map.of("Authorization", "Bearer " + KEY))
        .user(id);
  }

  private static int serve(RunningGateway of, String user) {
    int chosen = RealSshd.freePort();
    Client client = user(of, user);
    assertThat(client.post("/files/write", Map.of("path", "serve.py", "content", SERVER)).status())
        .isEqualTo(200);
    assertThat(
            client
                .post(
                    "/execute?wait=0",
                    Map.of("command", "exec /usr/bin/python3 serve.py " + chosen))
                .status())
        .isEqualTo(200);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> client.get("/ports").body().contains("\"port\":" + chosen + ","));
    return chosen;
  }

  // --- Clients

  /** A client that sends bytes as a test says. */
  private static final class Raw implements AutoCloseable {

    private final Socket socket;
    private final String head;

    private Raw(RunningGateway of, String line, String... headers) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), of.port());
      socket.setSoTimeout(60_000);
      send((line + "\r\n" + String.join("\r\n", headers) + "\r\n\r\n").getBytes(ISO_8859_1));
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      int next = socket.getInputStream().read();
      while (next >= 0) {
        read.write(next);
        if (read.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
          break;
        }
        next = socket.getInputStream().read();
      }
      head = read.toString(ISO_8859_1);
    }

    private void send(byte[] bytes) throws IOException {
      OutputStream out = socket.getOutputStream();
      out.write(bytes);
      out.flush();
    }

    private InputStream in() throws IOException {
      return socket.getInputStream();
    }

    private int status() {
      return head.isEmpty() ? 0 : Integer.parseInt(head.substring(9, 12));
    }

    private String rest() throws IOException {
      return new String(in().readAllBytes(), UTF_8);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static Raw open(RunningGateway of, String user, int at, String path, String... more)
      throws IOException {
    List<String> headers =
        new ArrayList<>(
            List.of(
                "Host: gatehouse.example",
                "Authorization: Bearer " + KEY,
                "X-User-Id: " + user,
                "Connection: keep-alive, Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: " + SOCKET_KEY));
    headers.addAll(Arrays.asList(more));
    return new Raw(of, "GET /proxy/" + at + path + " HTTP/1.1", headers.toArray(String[]::new));
  }

  private static Raw open(String path, String... more) throws IOException {
    return open(gateway, "alice", port, path, more);
  }

  /** Java's own client of WebSockets, and all that it hears. */
  private static final class Heard implements WebSocket.Listener {

    private final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream binary = new ByteArrayOutputStream();

    private WebSocket open(String path) {
      return HttpClient.newHttpClient()
          .newWebSocketBuilder()
          .header("Authorization", "Bearer " + KEY)
          .header("X-User-Id", "alice")
          .subprotocols("one", "two")
          .buildAsync(
              URI.create("ws://127.0.0.1:" + gateway.port() + "/proxy/" + port + path), this)
          .join();
    }

    private String next() throws InterruptedException {
      return String.valueOf(events.poll(20, TimeUnit.SECONDS));
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        events.add("text " + text);
        text.setLength(0);
      }
      socket.request(1);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      binary.writeBytes(bytes);
      if (last) {
        events.add("binary " + Arrays.hashCode(binary.toByteArray()));
        binary.reset();
      }
      socket.request(1);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onPong(WebSocket socket, ByteBuffer data) {
      events.add("pong " + UTF_8.decode(data));
      socket.request(1);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      events.add("close " + code + " " + reason);
      return CompletableFuture.completedStage(null);
    }
  }

  // --- What passes

  @Test
  void passesTextBinaryPingsAndCloseCodes() throws InterruptedException {
    Heard heard = new Heard();
    WebSocket socket = heard.open("/echo");
    assertThat(socket.getSubprotocol()).isEqualTo("one");
    socket.sendText("grüße 🦊", true).join();
    assertThat(heard.next()).isEqualTo("text grüße 🦊");
    byte[] bytes = new byte[60_000];
    for (int index = 0; index < bytes.length; index++) {
      bytes[index] = (byte) (index * 7);
    }
    socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
    assertThat(heard.next()).isEqualTo("binary " + Arrays.hashCode(bytes));
    socket.sendPing(ByteBuffer.wrap("there?".getBytes(UTF_8))).join();
    assertThat(heard.next()).isEqualTo("pong there?");
    socket.sendClose(4321, "own reason").join();
    assertThat(heard.next()).isEqualTo("close 4321 own reason");
  }

  @Test
  void passesTheHandshakeOnWithoutCredentialsAndWithExtensionsUntouched() throws IOException {
    String extension = "permessage-deflate; client_max_window_bits";
    user(gateway, "alice").run("rm -f seen");
    try (Raw raw =
        open(
            "/a%2Fb?x=1",
            "Cookie: token=secret",
            "X-Session-Id: chat",
            "Origin: https://named.example",
            "Sec-WebSocket-Protocol: graphql-ws, other",
            "Sec-WebSocket-Extensions: " + extension)) {
      assertThat(raw.head)
          .startsWith("HTTP/1.1 101 ")
          .containsIgnoringCase("\r\nUpgrade: websocket\r\n")
          .containsIgnoringCase("\r\nConnection: Upgrade\r\n")
          .contains("Sec-WebSocket-Accept: " + ACCEPT, "X-Own: own")
          .contains("Sec-WebSocket-Protocol: graphql-ws\r\n")
          .contains("Sec-WebSocket-Extensions: " + extension + "\r\n")
          .doesNotContainIgnoringCase(
              "set-cookie", "\r\ncontent-type", "content-length", "transfer-encoding");
    }
    assertThat(user(gateway, "alice").run("cat seen").output())
        .startsWith("GET /a%2Fb?x=1 HTTP/1.1\n")
        .contains("Host: localhost:" + port, "Connection: Upgrade", "Upgrade: websocket")
        .contains("Sec-WebSocket-Key: " + SOCKET_KEY, "Sec-WebSocket-Version: 13")
        .contains("Sec-WebSocket-Extensions: " + extension, "Origin: https://named.example")
        .contains("X-Forwarded-Prefix: /proxy/" + port, "X-Forwarded-Host: gatehouse.example")
        .doesNotContainIgnoringCase("secret", KEY, "x-user-id", "x-session-id", "chat");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ahead", "/length"})
  void losesNoByteBesideTheHandshake(String path) throws IOException {
    try (Raw raw = open(path)) {
      assertThat(raw.status()).isEqualTo(101);
      if (path.equals("/ahead")) {
        assertThat(new String(raw.in().readNBytes(5), UTF_8)).isEqualTo("ahead");
      }
      raw.send(new byte[] {(byte) 0x81, (byte) 0x82, 0, 0, 0, 0, 'h', 'i'});
      assertThat(raw.in().readNBytes(4)).containsExactly(0x81, 2, 'h', 'i');
    }
  }

  @Test
  void carriesAHundredMegabytesInBothDirections() throws Exception {
    byte[] piece = new byte[1 << 20];
    for (int index = 0; index < piece.length; index++) {
      piece[index] = (byte) (index * 31 + (index >> 8));
    }
    long begun = System.nanoTime();
    try (Raw raw = open("/raw")) {
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> {
                try {
                  for (int count = 0; count < 100; count++) {
                    raw.send(piece);
                  }
                  raw.socket.shutdownOutput();
                } catch (IOException failure) {
                  throw new java.io.UncheckedIOException(failure);
                }
              });
      DataInputStream in = new DataInputStream(raw.in());
      byte[] read = new byte[piece.length];
      for (int count = 0; count < 100; count++) {
        in.readFully(read);
        assertThat(Arrays.equals(read, piece)).isTrue();
      }
      sending.get(20, TimeUnit.SECONDS);
      assertThat(raw.rest()).isEqualTo("the end");
    }
    System.out.println(
        "100 MB through a WebSocket and back: "
            + Duration.ofNanos(System.nanoTime() - begun).toMillis()
            + " ms");
  }

  @Test
  void slowsTheServerDownWhileTheClientDoesNotRead() throws IOException, InterruptedException {
    Client alice = user(gateway, "alice");
    alice.run("rm -f flood");
    try (Raw raw = open("/flood")) {
      await()
          .atMost(Duration.ofSeconds(20))
          .during(Duration.ofSeconds(2))
          .until(() -> alice.run("cat flood").output(), new Unchanged()::isUnchanged);
      long sent = Long.parseLong(alice.run("cat flood").output().strip());
      // The buffers of the kernel on the way take most of it.
      assertThat(sent).isLessThan(32L << 20);
      assertThat(raw.in().readNBytes(64 << 20)).hasSize(64 << 20);
    }
  }

  /** Says whether a text is the same as the last one. */
  private static final class Unchanged {
    private String last = "";

    private boolean isUnchanged(String next) {
      boolean same = next.equals(last) && !next.isBlank();
      last = next;
      return same;
    }
  }

  @Test
  void slowsTheClientDownWhileTheServerDoesNotRead() throws Exception {
    // This socket keeps its place for a minute: the gateway reads nothing from the client while the
    // server takes nothing, so it does not notice that the client has gone.
    int own = serve(gateway, "carol");
    try (Raw raw = open(gateway, "carol", own, "/stuck")) {
      CompletableFuture<Long> sent = new CompletableFuture<>();
      long[] count = new long[1];
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (true) {
                        raw.send(new byte[1 << 16]);
                        count[0] += 1 << 16;
                      }
                    } catch (IOException closed) {
                      sent.complete(count[0]);
                    }
                  });
      Thread.sleep(5000);
      long after = count[0];
      Thread.sleep(1000);
      assertThat(count[0]).isEqualTo(after).isLessThan(32L << 20);
      raw.socket.close();
      sender.join();
      assertThat(sent.get(10, TimeUnit.SECONDS)).isEqualTo(after);
    }
  }

  @Test
  void tellsEachSideOfTheEndOfTheOther() throws IOException {
    try (Raw raw = open("/gone")) {
      assertThat(raw.status()).isEqualTo(101);
      assertThat(raw.rest()).isEmpty();
    }
    try (Raw raw = open("/raw")) {
      raw.send("last words, ".getBytes(UTF_8));
      raw.socket.shutdownOutput();
      assertThat(raw.rest()).isEqualTo("last words, the end");
    }
  }

  @Test
  void passesOtherAnswersOfTheServerOn() throws IOException {
    try (Raw raw = open("/plain")) {
      assertThat(raw.status()).isEqualTo(403);
      assertThat(raw.head).contains("Content-Security-Policy: sandbox");
      assertThat(new String(raw.in().readNBytes(2), UTF_8)).isEqualTo("no");
    }
  }

  // --- What is refused

  @ParameterizedTest
  @CsvSource({
    "https://evil.example,403",
    "null,403",
    "http://gatehouse.example.evil.example,403",
    "http://gatehouse.example@evil.example,403",
    "http://localhost:3000,403",
    "'',403",
    "https://gatehouse.example,101",
    "https://named.example,101",
  })
  void admitsOnlyPagesOfItsOwnOriginAndOfNamedOnes(String origin, int status) throws IOException {
    user(gateway, "alice").run("rm -f seen");
    try (Raw raw = open("/echo", "Origin: " + origin)) {
      assertThat(raw.status()).isEqualTo(status);
    }
    assertThat(user(gateway, "alice").run("test -e seen").exitCode())
        .as("0 if the server saw a request")
        .isEqualTo(status == 101 ? 0 : 1);
  }

  @Test
  void refusesTwoOrigins() throws IOException {
    try (Raw raw = open("/echo", "Origin: https://named.example", "Origin: https://evil.example")) {
      assertThat(raw.status()).isEqualTo(403);
    }
  }

  @Test
  void refusesCallersWithoutCredentialsAndPortsOfOthers() throws IOException {
    try (Raw raw =
        new Raw(
            gateway,
            "GET /proxy/" + port + "/echo HTTP/1.1",
            "Host: h",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: " + SOCKET_KEY)) {
      assertThat(raw.status()).isEqualTo(401);
    }
    assertThat(user(gateway, "bob").run("true").exitCode()).isZero();
    for (String other : List.of("bob", "never-seen")) {
      try (Raw raw = open(gateway, other, port, "/echo")) {
        assertThat(raw.status()).isEqualTo(404);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/forged", "/h2c", "/unconnected"})
  void refusesAnAnswerThatDoesNotBelongToTheRequest(String path) throws IOException {
    try (Raw raw = open(path)) {
      assertThat(raw.status()).isEqualTo(502);
      raw.socket.shutdownOutput();
      assertThat(raw.rest()).contains("gave no answer in HTTP");
    }
  }

  @Test
  void says504WhereTheServerNeverAnswers() throws IOException {
    try (Raw raw = open("/silent")) {
      assertThat(raw.status()).isEqualTo(504);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sec-WebSocket-Key: short",
        "Sec-WebSocket-Key: " + SOCKET_KEY,
        "Sec-WebSocket-Version: 8",
        "Content-Length: 3",
        "Transfer-Encoding: chunked",
      })
  void refusesAWrongHandshake(String more) throws IOException {
    try (Raw raw = open("/echo", more)) {
      assertThat(raw.status()).isEqualTo(400);
    }
  }

  /** Bytes that a forged answer would turn into a request must not be one to the next client. */
  @Test
  void readsNothingAsARequestAfterARefusedHandshake() throws IOException {
    user(gateway, "alice").run("rm -f seen");
    try (Raw raw = open("/forged")) {
      assertThat(raw.status()).isEqualTo(502);
      raw.send("GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(UTF_8));
      raw.socket.shutdownOutput();
      assertThat(raw.rest()).contains("HTTP/1.1 401");
    }
    assertThat(user(gateway, "alice").run("cat seen").output()).doesNotContain("smuggled");
  }

  @Test
  void boundsTheSocketsOfAUserAndKeepsOthersIn() throws IOException {
    int bobs = serve(gateway, "bob");
    List<Raw> all = new ArrayList<>();
    try {
      takeAllPlaces(all);
      try (Raw raw = open("/echo")) {
        assertThat(raw.status()).isEqualTo(429);
        raw.socket.shutdownOutput();
        assertThat(raw.rest()).contains("You have 16 WebSockets to ports open, the most");
      }
      assertThat(user(gateway, "alice").run("true").exitCode()).isZero();
      assertThat(user(gateway, "alice").get("/proxy/" + port + "/plain").status()).isEqualTo(403);
      try (Raw raw = open(gateway, "bob", bobs, "/echo")) {
        assertThat(raw.status()).isEqualTo(101);
      }
    } finally {
      for (Raw raw : all) {
        raw.close();
      }
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              try (Raw raw = open("/echo")) {
                return raw.status() == 101;
              }
            });
  }

  @Test
  void givesThePlacesOfClientsBackThatGoAtOnce() throws IOException {
    for (int count = 0; count < 5 * MOST_OF_USER; count++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
        socket.setSoLinger(true, 0);
        socket
            .getOutputStream()
            .write(
                ("GET /proxy/"
                        + port
                        + "/flood HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer "
                        + KEY
                        + "\r\nX-User-Id: alice\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                        + SOCKET_KEY
                        + "\r\n\r\n")
                    .getBytes(ISO_8859_1));
        // Some go before the answer, some while it is sent, some later.
        Thread.sleep(count % 40);
      } catch (InterruptedException interruption) {
        throw new IllegalStateException(interruption);
      }
    }
    List<Raw> all = new ArrayList<>();
    try {
      takeAllPlaces(all);
    } finally {
      for (Raw raw : all) {
        raw.close();
      }
    }
  }

  /** Takes all places of alice. Sockets of other tests may have some of them for a few seconds. */
  private static void takeAllPlaces(List<Raw> all) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              Raw raw = open("/echo");
              if (raw.status() == 101) {
                all.add(raw);
              } else {
                raw.close();
              }
              return all.size() == MOST_OF_USER;
            });
  }

  // --- Ends

  @Test
  void endsWithTheProcessesOfTheAccount() throws IOException {
    int own = serve(gateway, "dave");
    try (Raw raw = open(gateway, "dave", own, "/stuck")) {
      assertThat(raw.status()).isEqualTo(101);
      assertThat(user(gateway, "dave").delete("/processes").status()).isEqualTo(200);
      raw.socket.setSoTimeout(10_000);
      assertThat(raw.rest()).isEmpty();
    }
  }

  @Test
  void endsWhenTheGatewayStops() throws IOException {
    RunningGateway other = startGateway();
    long begun;
    try (Raw raw = open(other, "alice", port, "/stuck")) {
      try {
        assertThat(raw.status()).isEqualTo(101);
        begun = System.nanoTime();
      } finally {
        other.close();
      }
      assertThat(System.nanoTime() - begun).isLessThan(Duration.ofSeconds(5).toNanos());
      assertThat(raw.rest()).isEmpty();
    }
  }
}
