package io.gatehouse.gateway.openwebui;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.gateway.support.GatehouseImage;
import io.gatehouse.gateway.support.RealSshd;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.testcontainers.containers.GenericContainer;

/**
 * Sets up Open WebUI, a model and Gatehouse's image as an admin would: with one connection that
 * passes on the user's session, and one with a key.
 */
final class Installation implements AutoCloseable {

  /** The connections: their ids, and their names in the menus. */
  static final String SESSION = "session";

  static final String SESSION_NAME = "With the session";
  static final String BEARER = "bearer";
  static final String BEARER_NAME = "With the key";

  /** The programs in Python that tests run. */
  static final Path RESOURCES = Path.of("src/test/resources/io/gatehouse/gateway/openwebui");

  private static final String KEY = "the-key-of-the-connection";

  private final Deque<Part> parts = new ArrayDeque<>();
  private final ToolCallingModel model;
  private final OpenWebUiServer openWebUi;
  private final RecordingRelay wire;
  private final GenericContainer<?> gatehouse;

  /** A part that was started, with the action that ends it. */
  @FunctionalInterface
  interface Part {
    void close();
  }

  /** The ways in which the container reaches Open WebUI. */
  @FunctionalInterface
  interface Entrance {
    /** The address at which the container reaches an Open WebUI on this port of loopback. */
    String open(int port, Deque<Part> parts);
  }

  private Installation(
      Map<String, String> settings, Map<String, String> gatehouseSettings, Entrance entrance) {
    model = started(ToolCallingModel.start());
    openWebUi = started(OpenWebUiServer.start(model.address(), settings));
    String volume = "gatehouse-it-" + UUID.randomUUID();
    parts.push(() -> GatehouseImage.removeVolume(volume));
    Map<String, String> all = new HashMap<>(gatehouseSettings);
    all.put("OPEN_TERMINAL_OWUI_URL", entrance.open(openWebUi.port(), parts));
    all.put("OPEN_TERMINAL_API_KEY", KEY);
    all.put("OPEN_TERMINAL_USER_ISOLATION", "true");
    if (all.containsKey("GATEHOUSE_OPENWEBUI_POLL")) {
      all.put("GATEHOUSE_OPENWEBUI_ADMIN_KEY", openWebUi.apiKey("admin"));
    }
    gatehouse = started(GatehouseImage.start(volume, all));
    wire = started(RecordingRelay.start("127.0.0.1", GatehouseImage.port(gatehouse)));
    openWebUi.addUser("alice");
    openWebUi.addUser("bob");
    openWebUi.setConnections(session(), bearer());
  }

  private <T extends AutoCloseable> T started(T part) {
    parts.push(() -> close(part));
    return part;
  }

  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  static Installation start() {
    return start(Map.of(), Map.of(), Installation::relay);
  }

  /**
   * @param settings of Open WebUI
   * @param gatehouseSettings of the container
   */
  static Installation start(
      Map<String, String> settings, Map<String, String> gatehouseSettings, Entrance entrance) {
    return new Installation(settings, gatehouseSettings, entrance);
  }

  /** The container reaches this machine by its bridge, where Open WebUI does not listen. */
  private static String relay(int port, Deque<Part> parts) {
    RecordingRelay relay = RecordingRelay.start(GatehouseImage.bridgeAddress(), port);
    parts.push(relay::close);
    return relay.address();
  }

  OpenWebUiServer openWebUi() {
    return openWebUi;
  }

  ToolCallingModel model() {
    return model;
  }

  /** The requests from Open WebUI to Gatehouse. */
  RecordingRelay wire() {
    return wire;
  }

  GenericContainer<?> gatehouse() {
    return gatehouse;
  }

  ObjectNode session() {
    return OpenWebUiServer.connection(SESSION, SESSION_NAME, wire.address(), "session", "");
  }

  ObjectNode bearer() {
    return OpenWebUiServer.connection(BEARER, BEARER_NAME, wire.address(), "bearer", KEY);
  }

  /** Makes one file of each type in this folder, by the libraries that Open WebUI has. */
  static void makeFixtures(Path folder) {
    String program = Objects.requireNonNull(System.getenv(OpenWebUiServer.PROGRAM_VARIABLE));
    RealSshd.run(
        Path.of(program).resolveSibling("python").toString(),
        RESOURCES.resolve("fixtures.py").toString(),
        folder.toString());
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      parts.pop().close();
    }
  }
}
