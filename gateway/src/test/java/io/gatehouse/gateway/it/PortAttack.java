package io.gatehouse.gateway.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.RawRequests;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Attacks that alice tries through the proxy to her ports, or that a program on her port tries on
 * Open WebUI.
 *
 * @param name the row of the table in SECURITY.md
 * @param attempt the attack, which throws an assertion error if it succeeds
 */
// The lines of HTTP end with CR LF, which a text block does not show.
@SuppressWarnings("StringConcatToTextBlock")
record PortAttack(String name, Consumer<Scene> attempt) {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String SECRET = "SECRET-b0b";
  private static final String SERVED = "served by alice";

  /**
   * Repeats the request that it got, or sends the answer that the request's header X-Answer has.
   * What comes within a moment after the request is repeated too.
   */
  private static final String SERVER =
      """
      import base64, socket, sys, threading
      def serve(connection):
          data = b''
          connection.settimeout(10)
          try:
              while more := connection.recv(65536):
                  data += more
                  if b'\\r\\n\\r\\n' in data: connection.settimeout(0.3)
          except OSError: pass
          answers = [line[9:] for line in data.split(b'\\r\\n') if line.lower().startswith(b'x-answer:')]
          body = b'served by alice\\n' + data
          answer = base64.b64decode(answers[0]) if answers else (b'HTTP/1.1 200 OK\\r\\n'
              b'Content-Type: text/plain\\r\\nContent-Length: %d\\r\\n\\r\\n' % len(body) + body)
          connection.sendall(answer)
          connection.close()
      server = socket.create_server(('127.0.0.1', int(sys.argv[1])))
      while True: threading.Thread(target=serve, args=[server.accept()[0]]).start()
      """;

  /** Tells whether it was reached, and what it got. */
  private static final String BOBS_SERVER =
      """
      import os, socket, sys
      server = socket.socket()
      server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
      server.bind(('127.0.0.1', int(sys.argv[1]))); server.listen()
      while True:
          connection = server.accept()[0]
          open('reached', 'ab').write(b'.')
          try:
              got = connection.recv(1000)
              open('got', 'ab').write(got)
              connection.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 10\\r\\n\\r\\nSECRET-b0b')
          except OSError: pass
          connection.close()
      """;

  /**
   * The gateway and its users.
   *
   * @param gateway the gateway's port on loopback
   * @param key the API key
   * @param alice the id of the user who attacks
   * @param bob the id of the other user
   * @param port a port that is free for alice's server
   * @param isShared whether alice's programs can connect to bob's server, if only the gateway keeps
   *     them from it
   */
  record Scene(int gateway, String key, String alice, String bob, int port, boolean isShared) {

    Client user(String id) {
      return new RawRequests(gateway, key, id).client();
    }

    /** Starts alice's server. */
    void serve() {
      start(alice, "serve.py", SERVER, port);
    }

    private void start(String user, String file, String program, int at) {
      assertThat(user(user).post("/files/write", Map.of("path", file, "content", program)).status())
          .isEqualTo(200);
      user(user)
          .post(
              "/execute?wait=0",
              Map.of("command", "exec python3 " + file + " " + at + " 2>>" + file + ".log"));
      await()
          .atMost(LIMIT)
          .until(() -> user(user).get("/ports").body().contains("\"port\":" + at + ","));
    }

    private RawRequests requests() {
      return new RawRequests(gateway, key, alice);
    }

    /**
     * Sends bytes and returns the whole answer.
     *
     * @param request with PORT for alice's port, and CREDENTIALS for her headers
     */
    private String send(String request) {
      return requests().send(withPort(request));
    }

    private String get(String target) {
      return requests().get(withPort(target));
    }

    private String withPort(String text) {
      return text.replace("PORT", Integer.toString(port));
    }

    /** Returns the answer for a client, if alice's server answers with these bytes. */
    private String answer(String bytes) {
      return send(
          "GET /proxy/PORT/ HTTP/1.1\r\nHost: gatehouse\r\nCREDENTIALS\r\nConnection: close\r\n"
              + "X-Answer: "
              + Base64.getEncoder().encodeToString(bytes.getBytes(ISO_8859_1))
              + "\r\n\r\n");
    }
  }

  /** An attack by targets of requests: alice's own server gets each request, or nobody. */
  private static PortAttack byTargets(String name, String... targets) {
    return new PortAttack(
        name,
        scene -> Stream.of(targets).forEach(each -> requireOwn(scene, each, scene.get(each))));
  }

  /** An attack by whole requests: alice's own server gets each request, or nobody. */
  private static PortAttack byRequests(String name, String... requests) {
    return new PortAttack(
        name,
        scene -> Stream.of(requests).forEach(each -> requireOwn(scene, each, scene.send(each))));
  }

  /** The answer must be a refusal of the gateway's, or of alice's own server. */
  private static void requireOwn(Scene scene, String what, String answer) {
    if (answer.startsWith("HTTP/1.1 200")) {
      String own = answer.substring(Math.max(0, answer.indexOf(SERVED)));
      assertThat(own)
          .as(what)
          .startsWith(SERVED)
          .contains("\r\nHost: localhost:" + scene.port() + "\r\n")
          .containsOnlyOnce("HTTP/1.1")
          .doesNotContainIgnoringCase(scene.key(), "\nx-user-id", "\nauthorization", "\ncookie");
    } else {
      assertThat(answer).as(what).matches("(?s)HTTP/1\\.1 (30[78]|4\\d\\d|50[1245]) .*");
      assertThat(answer).as(what).doesNotContain(SERVED, "SSH-2.0", SECRET);
    }
  }

  /** An attack by the answer of alice's server: no such header may get to the browser. */
  private static PortAttack byAnswers(String name, String... answers) {
    return new PortAttack(
        name,
        scene ->
            Stream.of(answers)
                .forEach(
                    each -> {
                      String answer = scene.answer(each);
                      assertThat(answer).as(each).startsWith("HTTP/1.1 ");
                      String head = answer.split("\r\n\r\n", 2)[0].toLowerCase(Locale.ROOT);
                      assertThat(head.split("[\r\n]"))
                          .as(each)
                          .noneMatch(line -> line.matches("[^a-z]*(" + OF_THE_ORIGIN + ").*"));
                      assertThat(head).as(each).doesNotContain("s-maxage", "public");
                    }));
  }

  /** Only a PDF comes without a policy, and browsers must read nothing else into its type. */
  private static void showAsPdf(Scene scene) {
    for (String type :
        List.of(
            "Content-Type: text/html",
            "Content-Type: application/pdf;a=b, text/html",
            "Content-Type: application/pdf;, text/html",
            "Content-Type: application/pdf, text/html",
            "Content-Type: application/pdf\r\nContent-Type: text/html",
            "Content-Type: text/html\r\nContent-Type: application/pdf",
            "Content-Type: application/pdf;\r\n ,text/html",
            "Content-Type: application/pdf\u001f",
            "Content-Type:",
            "X-No-Type: x")) {
      String head = scene.answer(answerWith(type)).split("\r\n\r\n", 2)[0];
      List<String> types =
          head.lines()
              .filter(line -> line.toLowerCase(Locale.ROOT).matches("content-type *:.*"))
              .toList();
      boolean refused = head.startsWith("HTTP/1.1 502");
      boolean isPdf = types.equals(List.of("Content-Type: application/pdf"));
      assertThat(refused || isPdf || head.contains("Content-Security-Policy: "))
          .as(type + "\n" + head)
          .isTrue();
      assertThat(types).as(type).hasSizeLessThan(2);
    }
  }

  private static final String OF_THE_ORIGIN =
      "set-cookie|clear-site-data|access-control|service-worker-allowed|strict-transport|refresh|"
          + "link|alt-svc|nel|report|location|www-authenticate|x-accel|x-sendfile|cdn-|"
          + "cloudflare-cdn|surrogate|x-later|origin-agent|http/1.1 1";

  /** The beginning of a request whose body comes in chunks. */
  private static final String CHUNKED =
      "POST /proxy/PORT/ HTTP/1.1\r\nHost: x\r\nCREDENTIALS\r\nConnection: close\r\n"
          + "Transfer-Encoding: chunked\r\n\r\n";

  private static String answerWith(String header) {
    return "HTTP/1.1 200 OK\r\n" + header + "\r\nContent-Length: 2\r\n\r\nok";
  }

  /** Bob's server takes alice's port over after she has listed her ports. */
  private static void takeOver(Scene scene) {
    Client alice = scene.user(scene.alice());
    Client bob = scene.user(scene.bob());
    int port = scene.port() + 1;
    var unused = bob.run("rm -f reached got; touch reached got");
    // While this server listens at ::, the table of ports has the port as alice's, and the gateway
    // tries 127.0.0.1 first. The server gives no answer.
    scene.start(
        scene.alice(),
        "also.py",
        """
        import socket, sys
        also = socket.socket(socket.AF_INET6)
        also.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        also.bind(('::', int(sys.argv[1]))); also.listen()
        while True: also.accept()[0].close()
        """,
        port);
    scene.start(scene.bob(), "bob.py", BOBS_SERVER, port);
    for (int tries = 0; tries < 5; tries++) {
      Answer answer =
          alice.send("POST", "/proxy/" + port + "/secret-of-alice", "another-secret-of-alice");
      assertThat(answer.status()).as(answer.body()).isIn(404, 502, 504);
      assertThat(answer.body()).doesNotContain(SECRET);
    }
    assertThat(bob.get("/proxy/" + port + "/").body()).contains(SECRET);
    assertThat(bob.run("cat got").output()).doesNotContain("secret-of-alice");
    int reached = bob.run("cat reached").output().strip().length();
    assertThat(reached).isEqualTo(scene.isShared() ? 6 : 1);
  }

  static final List<PortAttack> ALL =
      List.of(
          new PortAttack("take a port over that is in another's list", PortAttack::takeOver),
          byTargets(
              "reach another machine, such as 169.254.169.254",
              "/proxy/169.254.169.254/latest/meta-data/",
              "/proxy/169.254.169.254:80/latest/meta-data/",
              "/proxy/PORT@169.254.169.254/latest/meta-data/",
              "/proxy/PORT%40169.254.169.254/",
              "/proxy/PORT:80@169.254.169.254/",
              "/proxy/@169.254.169.254:PORT/",
              "/proxy/PORT.169.254.169.254/",
              "/proxy//169.254.169.254/latest/meta-data/",
              "/proxy/http://169.254.169.254/",
              "/proxy/http:%2f%2f169.254.169.254/",
              "/proxy/%2f%2f169.254.169.254/",
              "/proxy/PORT%2f@169.254.169.254/",
              "/proxy/PORT//169.254.169.254/latest",
              "/proxy/PORT/@169.254.169.254/latest",
              "/proxy/PORT/%0d%0aHost:%20169.254.169.254/",
              "/proxy/PORT/?url=http://169.254.169.254/",
              "/proxy/PORT/#@169.254.169.254/",
              "/proxy/2852039166/",
              "/proxy/0xa9fea9fe/",
              "/proxy/[::ffff:169.254.169.254]/",
              "//169.254.169.254/proxy/PORT/",
              "http://169.254.169.254/latest/meta-data/",
              "http://169.254.169.254:80/proxy/PORT/x",
              "http://gatehouse@169.254.169.254/proxy/PORT/x",
              "http://169.254.169.254/proxy/169.254.169.254/",
              "169.254.169.254:80"),
          byTargets(
              "reach another port by an odd spelling of the number",
              "/proxy/0/",
              "/proxy/00PORT/",
              "/proxy/0PORT/",
              "/proxy/-1/",
              "/proxy/-PORT/",
              "/proxy/+PORT/",
              "/proxy/%2bPORT/",
              "/proxy/08/",
              "/proxy/65536/",
              "/proxy/65537/",
              "/proxy/99999999999999999999/",
              "/proxy/4294967296/",
              "/proxy/%32%30%32%32/",
              "/proxy/%38000/",
              "/proxy/ 8000/",
              "/proxy/%208000/",
              "/proxy/8000%20/",
              "/proxy/8000%00/",
              "/proxy/8000%0a/",
              "/proxy/8000;x=1/",
              "/proxy/8000.0/",
              "/proxy/8e3/",
              "/proxy/0x1f40/",
              "/proxy/8_000/",
              "/proxy/%EF%BC%98000/",
              "/proxy/%D9%A8000/",
              "/proxy/PORT/../8000/",
              "/proxy/PORT/..%2f8000/",
              "/proxy/PORT/%2e%2e/8000/",
              "/proxy/./8000/",
              "/proxy/8000/",
              "/proxy/2022/",
              "/proxy/2222/"),
          byRequests(
              "name another host (DNS rebinding)",
              "GET /proxy/PORT/ HTTP/1.1\r\nHost: rebound.example\r\nCREDENTIALS\r\n\r\n",
              "GET /proxy/PORT/ HTTP/1.1\r\nHost: rebound.example:PORT\r\n\r\n",
              "GET /proxy/PORT/ HTTP/1.1\r\nHost: rebound.example\r\nCookie: token=x\r\n\r\n",
              "GET /ports HTTP/1.1\r\nHost: rebound.example\r\n\r\n",
              "GET /proxy/PORT/ HTTP/1.1\r\nHost: 169.254.169.254\r\nCREDENTIALS\r\n\r\n",
              "GET /proxy/PORT/ HTTP/1.1\r\nHost: @169.254.169.254\r\nCREDENTIALS\r\n\r\n",
              "GET /proxy/PORT/ HTTP/1.1\r\nHost: localhost:2022\r\nCREDENTIALS\r\n\r\n",
              "GET /proxy/PORT/ HTTP/1.1\r\nHost: a\r\nHost: b\r\nCREDENTIALS\r\n\r\n",
              "GET /proxy/PORT/ HTTP/1.1\r\nCREDENTIALS\r\n\r\n",
              "GET /proxy/PORT/ HTTP/1.0\r\nCREDENTIALS\r\n\r\n",
              "CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: x\r\nCREDENTIALS\r\n\r\n",
              "OPTIONS * HTTP/1.1\r\nHost: x\r\nCREDENTIALS\r\n\r\n"),
          byRequests(
              "smuggle a second request or a header to a program",
              "POST /proxy/PORT/ HTTP/1.1\r\nHost: x\r\nCREDENTIALS\r\nContent-Length: 5\r\n"
                  + "Content-Length: 6\r\n\r\nhello",
              "POST /proxy/PORT/ HTTP/1.1\r\nHost: x\r\nCREDENTIALS\r\nContent-Length: 5\r\n"
                  + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
              "POST /proxy/PORT/ HTTP/1.1\r\n"
                  + "Host: x\r\n"
                  + "CREDENTIALS\r\n"
                  + "Transfer-Encoding: chunked\r\n"
                  + "Content-Length: 5\r\n\r\n"
                  + "0\r\n\r\n"
                  + "GET / HTTP/1.1\r\n\r\n",
              "POST /proxy/PORT/ HTTP/1.1\r\n"
                  + "Host: x\r\n"
                  + "CREDENTIALS\r\n"
                  + "Transfer-Encoding: xchunked\r\n"
                  + "\r\n"
                  + "0\r\n\r\n",
              "POST /proxy/PORT/ HTTP/1.1\r\nHost: x\r\nCREDENTIALS\r\nTransfer-Encoding: chunked,"
                  + " identity\r\n\r\n0\r\n\r\n",
              "POST /proxy/PORT/ HTTP/1.1\r\nHost: x\r\nCREDENTIALS\r\nTransfer-Encoding :"
                  + " chunked\r\n\r\n0\r\n\r\n",
              "POST /proxy/PORT/ HTTP/1.1\r\n"
                  + "Host: x\r\n"
                  + "CREDENTIALS\r\n"
                  + "Transfer-Encoding:\u000bchunked\r\n"
                  + "\r\n"
                  + "0\r\n\r\n",
              "POST /proxy/PORT/ HTTP/1.1\r\n"
                  + "Host: x\r\n"
                  + "CREDENTIALS\r\n"
                  + "Content-Length: +5\r\n\r\n"
                  + "hello",
              "POST /proxy/PORT/ HTTP/1.1\r\n"
                  + "Host: x\r\n"
                  + "CREDENTIALS\r\n"
                  + "Content-Length: 5, 5\r\n\r\n"
                  + "hello",
              "POST /proxy/PORT/ HTTP/1.1\r\nHost: x\r\nCREDENTIALS\r\nContent-Length: 20\r\n"
                  + "Connection: Content-Length\r\n\r\nGET /x HTTP/1.0\r\n\r\n",
              CHUNKED + "5\r\nhello\r\n0\r\nX-User-Id: bob\r\nHost: b\r\n\r\n",
              CHUNKED + "5\nhello\n0\n\nGET /proxy/PORT/x HTTP/1.1\r\n\r\n",
              CHUNKED + "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n",
              CHUNKED + "+5\r\nhello\r\n0\r\n\r\n",
              CHUNKED + "0x5\r\nhello\r\n0\r\n\r\n",
              CHUNKED + "100000005\r\nhello\r\n0\r\n\r\n",
              CHUNKED.replace("Encoding: ", "Encoding:\r\n ") + "0\r\n\r\n",
              "GET /proxy/PORT/\rX HTTP/1.1\r\nHost: x\r\nCREDENTIALS\r\n\r\n",
              "GET /proxy/PORT/\u0000 HTTP/1.1\r\nHost: x\r\nCREDENTIALS\r\n\r\n",
              "GET /proxy/PORT/%0d%0aX-User-Id:%20bob HTTP/1.1\r\nHost: x\r\nCREDENTIALS\r\n\r\n",
              "GET /proxy/PORT/?%0d%0aX-User-Id:%20bob HTTP/1.1\r\nHost: x\r\nCREDENTIALS\r\n\r\n",
              "GET /proxy/PORT/ HTTP/1.1\r\n"
                  + "Host: x\r\n"
                  + "CREDENTIALS\r\n"
                  + "X-A: b\r"
                  + "X-User-Id: bob\r\n\r\n",
              "GET /proxy/PORT/ HTTP/1.1\r\n"
                  + "Host: x\r\n"
                  + "CREDENTIALS\r\n"
                  + "X-A: b\n"
                  + "X-User-Id: bob\r\n\r\n",
              "GET /proxy/PORT/ HTTP/1.1\r\n"
                  + "Host: x\r\n"
                  + "CREDENTIALS\r\n"
                  + "X-A: b\r\n"
                  + " X-User-Id: bob\r\n\r\n",
              "GET /proxy/PORT/ HTTP/1.1\r\nHost: x\r\nCREDENTIALS\r\nX-User-Id: bob\r\n\r\n",
              "GET /proxy/PORT/ HTTP/1.1\r\nHost: x\r\nCREDENTIALS\r\nX_User_Id: bob\r\n"
                  + "Connection: X-User-Id\r\n\r\n",
              "GET /proxy/PORT/ HTTP/1.1\r\nHost: x\r\nCREDENTIALS\r\nConnection: X-User-Id,"
                  + " Authorization, Host, close\r\n\r\n",
              "GET /proxy/PORT/ HTTP/1.1\r\nHost: x\r\nCREDENTIALS\r\nX-Forwarded-Prefix:"
                  + " /a%0d%0aX-User-Id:bob\r\n\r\n",
              "GET /proxy/PORT/ HTTP/1.1\r\n"
                  + "Host: x\r\n"
                  + "CREDENTIALS\r\n"
                  + "Origin: http://x\tX: y\r\n\r\n",
              "GET /proxy/PORT/ HTTP/1.1\r\nHost: x\r\nCREDENTIALS\r\nUpgrade: h2c\r\nConnection:"
                  + " Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAA\r\n\r\n",
              "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
          byAnswers(
              "send headers to the browser that affect all of Open WebUI",
              answerWith("Set-Cookie: token=evil"),
              answerWith("SET-COOKIE: token=evil"),
              answerWith("Set-Cookie : token=evil"),
              answerWith("Set-Cookie\t: token=evil"),
              answerWith("\u000bSet-Cookie: token=evil"),
              answerWith("\u0000Set-Cookie: token=evil"),
              answerWith("(Set-Cookie: token=evil"),
              answerWith("Set-Cookie2: token=evil"),
              answerWith("X-A: b\rSet-Cookie: token=evil"),
              answerWith("X-A: b\nSet-Cookie: token=evil"),
              answerWith("X-A: b\r\n Set-Cookie: token=evil"),
              answerWith("X-A\r\nSet-Cookie: token=evil"),
              answerWith("Connection: Content-Length\r\nSet-Cookie: token=evil"),
              "HTTP/1.1 200 OK\rSet-Cookie: token=evil\r\nContent-Length: 2\r\n\r\nok",
              "HTTP/1.1 200 O\nSet-Cookie: token=evil\r\nContent-Length: 2\r\n\r\nok",
              "HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\nSet-Cookie: a=b\r\n\r\n"
                  + answerWith("X-A: b"),
              "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nSet-Cookie: a=b\r\n\r\n",
              "HTTP/1.1 200 OK\r\n"
                  + "Transfer-Encoding: chunked\r\n"
                  + "Trailer: Set-Cookie\r\n\r\n"
                  + "2\r\n"
                  + "ok\r\n"
                  + "0\r\n"
                  + "Set-Cookie: token=evil\r\n\r\n",
              "HTTP/1.1 204 No Content\r\n"
                  + "Content-Length: 60\r\n\r\n"
                  + "HTTP/1.1 200 OK\r\n"
                  + "Set-Cookie: x=y\r\n\r\n",
              "HTTP/1.1 304 Not Modified\r\nSet-Cookie: x=y\r\nContent-Length: 9\r\n\r\n",
              "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
              "HTTP/1.1 302 Found\r\nLocation: https://evil.example/\r\nContent-Length: 0\r\n\r\n",
              "HTTP/1.1 302 Found\r\n"
                  + "Location: http://169.254.169.254/latest/meta-data/\r\n"
                  + "Content-Length: 0\r\n\r\n",
              "HTTP/1.1 302 Found\r\nLocation: javascript:alert(1)\r\nContent-Length: 0\r\n\r\n",
              answerWith("Clear-Site-Data: \"*\""),
              answerWith(
                  "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Credentials: true"),
              answerWith("Service-Worker-Allowed: /"),
              answerWith("Strict-Transport-Security: max-age=99999999"),
              answerWith("Refresh: 0; url=https://evil.example/"),
              answerWith("Refresh: 0;https://evil.example/"),
              answerWith("Refresh: 0; url=javascript:alert(1)"),
              answerWith("Link: </api/v1/auths/signout>; rel=preload"),
              answerWith("Alt-Svc: h2=\"evil.example:443\""),
              answerWith(
                  "NEL: {}\r\nReport-To: {}\r\nReporting-Endpoints: a=\"https://evil.example\""),
              answerWith("X-Accel-Redirect: /etc/passwd\r\nX-Sendfile: /etc/passwd"),
              answerWith("Origin-Agent-Cluster: ?0"),
              answerWith("Content-Location: https://evil.example/")),
          new PortAttack("have a page taken for a PDF, which has no policy", PortAttack::showAsPdf),
          byAnswers(
              "leave a page in a cache that other users share",
              answerWith("Cache-Control: public, max-age=600"),
              answerWith("Cache-Control: s-maxage=600"),
              answerWith("Cache-Control: max-age=1\r\nCache-Control: PUBLIC"),
              answerWith("CDN-Cache-Control: max-age=600"),
              answerWith("Cloudflare-CDN-Cache-Control: max-age=600"),
              answerWith("Surrogate-Control: max-age=600"),
              answerWith("X-Accel-Expires: 600")));
}
