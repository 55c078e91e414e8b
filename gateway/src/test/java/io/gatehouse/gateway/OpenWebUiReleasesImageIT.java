package io.gatehouse.gateway;

import io.gatehouse.gateway.OpenWebUiRelease.Person;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.testcontainers.containers.GenericContainer;

/**
 * The image, used by the code of a released version of Open WebUI, the oldest one. {@link
 * OpenWebUiReleasesIT} has all of them, and the real 0.12.4 is in a suite of its own.
 */
@Tag("image")
@Timeout(600)
final class OpenWebUiReleasesImageIT {

  private static final String KEY = "key-of-the-releases";
  private static final List<String> RELEASES = List.of("0.9.6");
  private static final ActionTable ACTIONS = new ActionTable(RELEASES);
  private static final long BEGIN = System.nanoTime();

  static List<String> releases() {
    return RELEASES;
  }

  @BeforeAll
  static void requireReleases() {
    OpenWebUiRelease.assumeInstalled();
  }

  @AfterAll
  static void print() {
    System.out.println(ACTIONS);
    System.out.println(
        "releases of Open WebUI with the image: "
            + Duration.ofNanos(System.nanoTime() - BEGIN).toSeconds()
            + " s");
  }

  @ParameterizedTest
  @MethodSource("releases")
  void worksWithTheImage(String release) {
    String host = GatehouseImage.bridgeAddress();
    int port = RealSshd.freePort();
    String volume = "gatehouse-releases-" + release;
    try (GenericContainer<?> container =
            GatehouseImage.start(
                volume,
                Map.of(
                    "OPEN_TERMINAL_API_KEY",
                    KEY,
                    "OPEN_TERMINAL_MULTI_USER",
                    "true",
                    "OPEN_TERMINAL_OWUI_URL",
                    "http://" + host + ":" + port));
        OpenWebUiRelease openWebUi =
            OpenWebUiRelease.start(
                release,
                host,
                port,
                connections(GatehouseImage.address(container)),
                List.of("anna", "bob"))) {
      Person anna = openWebUi.person("anna");
      Person bob = openWebUi.person("bob");
      for (String mode : List.of("session", "bearer")) {
        for (String chat : List.of("chat-" + mode, "")) {
          new OpenWebUiVisit(openWebUi, "", mode, chat, anna, bob).run(ACTIONS);
        }
      }
    } finally {
      GatehouseImage.removeVolume(volume);
    }
  }

  private static List<Map<String, Object>> connections(String gatehouse) {
    return List.of(
        OpenWebUiRelease.connection("session", gatehouse, "session", ""),
        OpenWebUiRelease.connection("bearer", gatehouse, "bearer", KEY),
        OpenWebUiRelease.connection("wrong", gatehouse, "bearer", "wrong"));
  }
}
