package io.gatehouse.gateway.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.RealSshd;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests parts of bodies, and bodies that are larger than 2 GiB, through the proxy to ports. SSH
 * changes its keys at least once in each direction of such a body.
 */
@Timeout(180)
final class PortBodiesIT {

  private static final String KEY = "port-bodies-test-key";

  /** More than an int can count. */
  private static final long LARGE = (2L << 30) + 12_345;

  private static final long MEBIBYTE = 1 << 20;

  /** What the heap may grow by while a body passes: about the buffers of both bodies. */
  private static final long GROWTH = 24 * MEBIBYTE;

  /**
   * Sends zeros, counts the bytes of a body, and knows a file of 26 letters with ranges, multipart
   * ranges and If-Range.
   */
  private static final String SERVER =
      """
      import re, sys
      from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
      LETTERS, TAG = b'abcdefghijklmnopqrstuvwxyz', '"v1"'
      class Handler(BaseHTTPRequestHandler):
          protocol_version = 'HTTP/1.1'
          def log_message(self, *_): pass
          def head(self, status, length, **headers):
              self.send_response(status)
              for name, value in headers.items(): self.send_header(name.replace('_', '-'), value)
              self.send_header('Content-Length', str(length))
              self.end_headers()
          def do_GET(self):
              if self.path.startswith('/zeros/'):
                  left, zeros = int(self.path[7:]), bytes(1 << 20)
                  self.head(200, left, Content_Type='application/octet-stream')
                  while left and self.command == 'GET':
                      self.wfile.write(zeros[:left]); left -= min(left, len(zeros))
                  return
              wanted = self.headers.get('Range', '')
              if self.headers.get('If-Range', TAG) != TAG: wanted = ''
              ranges = [(int(a), int(b or 25)) for a, b in re.findall('([0-9]+)-([0-9]*)', wanted)]
              kind = {'ETag': TAG, 'Accept_Ranges': 'bytes', 'Content_Type': 'text/plain'}
              if self.headers.get('If-None-Match') == TAG:
                  self.send_response(304); self.send_header('ETag', TAG); self.end_headers()
                  return
              if any(a > 25 for a, _ in ranges):
                  return self.head(416, 0, Content_Range='bytes */26')
              body, status = LETTERS, 200
              if len(ranges) == 1:
                  (a, b), = ranges
                  body, status = LETTERS[a:b + 1], 206
                  kind['Content_Range'] = 'bytes %d-%d/26' % (a, b)
              elif ranges:
                  body, status = b'', 206
                  kind['Content_Type'] = 'multipart/byteranges; boundary=THE-BOUNDARY'
                  for a, b in ranges:
                      body += b'--THE-BOUNDARY\\r\\nContent-Range: bytes %d-%d/26\\r\\n\\r\\n%s\\r\\n' % (
                          a, b, LETTERS[a:b + 1])
                  body += b'--THE-BOUNDARY--\\r\\n'
              self.head(status, len(body), **kind)
              if self.command == 'GET': self.wfile.write(body)
          do_HEAD = do_GET
          def do_PUT(self):
              left, count, buffer = int(self.headers['Content-Length']), 0, memoryview(bytearray(1 << 20))
              while count < left: count += self.rfile.readinto(buffer[:min(len(buffer), left - count)])
              self.head(200, len(str(count)), Content_Type='text/plain')
              self.wfile.write(str(count).encode())
      ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()
      """;

  private static PortServers servers;
  private static Client alice;
  private static int port;

  @BeforeAll
  static void start() {
    servers = PortServers.start(KEY);
    alice = servers.user("alice");
    port = RealSshd.freePort();
    servers.run("alice", "bodies.py", SERVER, Integer.toString(port));
    servers.awaitPort("alice", port);
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(servers);
  }

  private static String proxy(String path) {
    return "/proxy/" + port + path;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bytes=2-4|\"v1\"|206|bytes 2-4/26|cde",
        "bytes=23-||206|bytes 23-25/26|xyz",
        "bytes=2-4|\"v0\"|200||abcdefghijklmnopqrstuvwxyz",
        "bytes=90-||416|bytes */26|",
      })
  void passesRangesOn(String range, String ifRange, int status, String contentRange, String body) {
    Client client = alice.with("Range", range);
    Client asking = ifRange == null ? client : client.with("If-Range", ifRange);
    HttpResponse<byte[]> answer = asking.bytes(proxy("/letters"));
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Range").orElse(null)).isEqualTo(contentRange);
    assertThat(new String(answer.body(), ISO_8859_1)).isEqualTo(body == null ? "" : body);
  }

  @Test
  void passesSeveralRangesOnAsOneBodyOfParts() {
    HttpResponse<byte[]> answer = alice.with("Range", "bytes=0-1,24-25").bytes(proxy("/letters"));
    assertThat(answer.statusCode()).isEqualTo(206);
    assertThat(answer.headers().allValues("Content-Type"))
        .containsExactly("multipart/byteranges; boundary=THE-BOUNDARY");
    assertThat(new String(answer.body(), ISO_8859_1))
        .isEqualTo(
            """
            --THE-BOUNDARY
            Content-Range: bytes 0-1/26

            ab
            --THE-BOUNDARY
            Content-Range: bytes 24-25/26

            yz
            --THE-BOUNDARY--
            """
                .replace("\n", "\r\n"));
  }

  /** An answer without a type has none afterwards: a cache would give it to the kept page. */
  @Test
  void passesConditionsOn() {
    HttpResponse<byte[]> answer = alice.with("If-None-Match", "\"v1\"").bytes(proxy("/letters"));
    assertThat(answer.statusCode()).isEqualTo(304);
    assertThat(answer.headers().firstValue("ETag")).contains("\"v1\"");
    assertThat(answer.headers().allValues("Content-Type")).isEmpty();
  }

  @Test
  void tellsTheLengthOfABodyBeyondTwoGibibytes() {
    var answer = alice.send("HEAD", proxy("/zeros/" + LARGE), null);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.response().headers().firstValueAsLong("Content-Length")).hasValue(LARGE);
  }

  /** Both directions at the same time. It took 23 s on two processors with much other work. */
  @Test
  void passesBodiesBeyondTwoGibibytesWithoutKeepingThem()
      throws InterruptedException, ExecutionException, TimeoutException {
    assertThat(alice.size(proxy("/zeros/" + 64 * MEBIBYTE))).isEqualTo(64 * MEBIBYTE);
    long before = heap();
    long begun = System.nanoTime();
    CompletableFuture<String> up =
        CompletableFuture.supplyAsync(PortBodiesIT::upload, Thread::startVirtualThread);
    long grown = download() - before;
    assertThat(up.get(2, TimeUnit.MINUTES)).endsWith("\r\n\r\n" + LARGE);
    System.out.printf(
        "%d MiB through the proxy in each direction: %d ms; the heap had %d KiB more%n",
        LARGE / MEBIBYTE, Duration.ofNanos(System.nanoTime() - begun).toMillis(), grown / 1024);
    assertThat(grown).isLessThan(GROWTH);
  }

  /** The bytes of the heap that are in use. The gateway runs in this JVM. */
  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static String head(String method, String path) {
    return method
        + " "
        + proxy(path)
        + " HTTP/1.1\r\nHost: gatehouse\r\nConnection: close\r\nAuthorization: Bearer "
        + KEY
        + "\r\nX-User-Id: alice\r\n";
  }

  private static Socket connect(String head) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), servers.gateway().port());
    socket.setSoTimeout(30_000);
    socket.getOutputStream().write((head + "\r\n").getBytes(ISO_8859_1));
    return socket;
  }

  private static String upload() {
    byte[] zeros = new byte[(int) MEBIBYTE];
    try (Socket socket = connect(head("PUT", "/") + "Content-Length: " + LARGE + "\r\n")) {
      OutputStream out = socket.getOutputStream();
      for (long left = LARGE; left > 0; left -= zeros.length) {
        out.write(zeros, 0, (int) Math.min(left, zeros.length));
      }
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Reads the whole answer, and returns what the heap has in use shortly before its end. */
  private static long download() {
    byte[] buffer = new byte[(int) MEBIBYTE];
    long used = 0;
    long count = 0;
    try (Socket socket = connect(head("GET", "/zeros/" + LARGE))) {
      InputStream in = socket.getInputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        count += read;
        if (used == 0 && count > LARGE - 64 * MEBIBYTE) {
          used = heap();
        }
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    assertThat(count).isBetween(LARGE + 100, LARGE + 2000);
    return used;
  }
}
