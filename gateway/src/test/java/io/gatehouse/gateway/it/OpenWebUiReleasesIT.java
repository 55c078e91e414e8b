package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.it.OpenWebUiRelease.Person;
import io.gatehouse.gateway.support.OpenWebUiSocket;
import io.gatehouse.gateway.support.RealSshd;
import io.gatehouse.gateway.support.TerminalClient;
import io.javalin.Javalin;
import io.javalin.websocket.WsConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests shells, tool calls and files with the requests of the released versions of Open WebUI, for
 * two users, in session and key mode, in a chat and outside of one. Prints a table.
 */
@Timeout(600)
final class OpenWebUiReleasesIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KEY = "key-of-the-releases";
  private static final List<String> RELEASES =
      List.of("0.9.6", "0.10.2", "0.11.3", "0.11.4", "0.12.0", "0.12.4");
  private static final List<String> MODES = List.of("session", "bearer");

  /** Records what arrives at the target of a socket: the handshake, and then the frames. */
  private static final LinkedBlockingQueue<String> SEEN = new LinkedBlockingQueue<>();

  private static final Map<String, OpenWebUiRelease> RUNNING = new LinkedHashMap<>();
  private static final Map<String, Integer> GATEWAY_PORTS = new LinkedHashMap<>();
  private static final ActionTable ACTIONS = new ActionTable(RELEASES);
  private static final Set<String> SOCKETS = new LinkedHashSet<>();
  private static final long BEGIN = System.nanoTime();

  private static RealSshd sshd;
  private static Javalin recorder;

  static List<String> releases() {
    return RELEASES;
  }

  @BeforeAll
  static void start() {
    OpenWebUiRelease.assumeInstalled();
    recorder =
        Javalin.create(
                config -> {
                  config.startup.showJavalinBanner = false;
                  config.routes.ws("/api/terminals/{id}", OpenWebUiReleasesIT::record);
                  config.routes.ws("/p/{policy}/api/terminals/{id}", OpenWebUiReleasesIT::record);
                })
            .start("127.0.0.1", 0);
    sshd = RealSshd.start();
    for (String release : RELEASES) {
      int gateway = RealSshd.freePort();
      GATEWAY_PORTS.put(release, gateway);
      RUNNING.put(
          release,
          OpenWebUiRelease.start(
              release,
              "127.0.0.1",
              RealSshd.freePort(),
              connections("http://127.0.0.1:" + gateway),
              List.of("anna" + digits(release), "bob" + digits(release))));
    }
  }

  private static String digits(String release) {
    return release.replace(".", "");
  }

  private static List<Map<String, Object>> connections(String gateway) {
    String other = "http://127.0.0.1:" + recorder.port();
    Map<String, Object> orchestrator =
        new LinkedHashMap<>(
            OpenWebUiRelease.connection("recorded-orchestrator", other, "session", ""));
    orchestrator.put("server_type", "orchestrator");
    orchestrator.put("policy_id", "p1");
    return List.of(
        OpenWebUiRelease.connection("session", gateway, "session", ""),
        OpenWebUiRelease.connection("bearer", gateway, "bearer", KEY),
        OpenWebUiRelease.connection("wrong", gateway, "bearer", "wrong"),
        OpenWebUiRelease.connection("recorded-session", other, "session", ""),
        OpenWebUiRelease.connection("recorded-bearer", other, "bearer", KEY),
        OpenWebUiRelease.connection("recorded-none", other, "none", ""),
        orchestrator);
  }

  private static void record(WsConfig ws) {
    ws.onConnect(
        context -> {
          List<String> sent = new ArrayList<>(List.of("query " + context.queryString()));
          context
              .headerMap()
              .forEach(
                  (name, value) -> {
                    if (name.matches("(?i)x-.*|authorization|cookie|origin")) {
                      sent.add(name + ": " + value);
                    }
                  });
          SEEN.add(String.join(", ", sent));
        });
    ws.onMessage(context -> SEEN.add(context.message()));
  }

  @AfterAll
  static void stop() {
    System.out.println(ACTIONS);
    SOCKETS.forEach(System.out::println);
    System.out.println(
        "releases of Open WebUI: "
            + Duration.ofNanos(System.nanoTime() - BEGIN).toSeconds()
            + " s with their start");
    RUNNING.values().forEach(OpenWebUiRelease::close);
    if (recorder != null) {
      recorder.stop();
    }
    if (sshd != null) {
      sshd.close();
    }
  }

  @ParameterizedTest
  @MethodSource("releases")
  void opensSocketsAsWeSayItDoes(String release) throws InterruptedException {
    OpenWebUiRelease openWebUi = Objects.requireNonNull(RUNNING.get(release));
    Person anna = openWebUi.person("anna" + digits(release));
    for (String mode : List.of("bearer", "session", "none", "orchestrator")) {
      for (String chat : List.of("chat-1", "")) {
        SEEN.clear();
        OpenWebUiSocket expected = OpenWebUiSocket.of(release, mode);
        try (TerminalClient page =
            openWebUi.attach("recorded-" + mode, "an-id", anna.token(), chat)) {
          String handshake = next();
          String first = next();
          SOCKETS.add(
              "%-7s %-12s %s; first frame %s"
                  .formatted(
                      release,
                      mode,
                      handshake.replace(anna.id(), "<user>").replace("chat-1", ""),
                      first.replace(anna.token(), "<token>").replace(KEY, "<key>")));
          assertThat(handshake).startsWith("query user_id=" + anna.id());
          List<String> headers = expected.headers(anna.id(), chat);
          for (int i = 0; i < headers.size(); i += 2) {
            assertThat(handshake).contains(headers.get(i) + ": " + headers.get(i + 1));
          }
          assertThat(handshake.contains("X-User-Id")).isEqualTo(!headers.isEmpty());
          assertThat(handshake).doesNotContainIgnoringCase("authorization").doesNotContain("ookie");
          Optional<String> frame = expected.firstFrame(KEY, anna.token());
          if (frame.isPresent()) {
            assertThat(json(first)).isEqualTo(json(frame.get()));
            first = next();
          }
          assertThat(json(first)).isEqualTo(json("{\"type\":\"resize\",\"cols\":90,\"rows\":25}"));
          assertThat(page.texts()).isEmpty();
        }
      }
    }
  }

  private static String next() throws InterruptedException {
    String seen = SEEN.poll(30, TimeUnit.SECONDS);
    assertThat(seen).as("something arrives").isNotNull();
    return seen;
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @ParameterizedTest
  @MethodSource("releases")
  void worksWithGatehouse(String release) {
    OpenWebUiRelease openWebUi = Objects.requireNonNull(RUNNING.get(release));
    Person anna = openWebUi.person("anna" + digits(release));
    Person bob = openWebUi.person("bob" + digits(release));
    try (RunningGateway gateway =
        sshd.startGateway(
            KEY,
            Map.of(
                "OPEN_TERMINAL_PORT",
                String.valueOf(GATEWAY_PORTS.get(release)),
                "OPEN_TERMINAL_OWUI_URL",
                openWebUi.address(),
                "OPEN_TERMINAL_USER_PREFIX",
                RealSshd.ACCOUNT_PREFIX))) {
      assertThat(gateway.port()).isPositive();
      // After the oldest, two of the four are enough, because each takes seconds.
      boolean all = release.equals(RELEASES.getFirst());
      for (String mode : MODES) {
        for (String chat : List.of("chat-" + mode, "")) {
          if (all || mode.equals("session") != chat.isEmpty()) {
            new OpenWebUiVisit(openWebUi, RealSshd.ACCOUNT_PREFIX, mode, chat, anna, bob)
                .run(ACTIONS);
          }
        }
      }
    }
  }
}
