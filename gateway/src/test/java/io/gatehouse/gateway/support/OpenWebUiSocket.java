package io.gatehouse.gateway.support;

import java.util.List;
import java.util.Optional;

/**
 * Opens a socket to a terminal server in the way of each release and set-up of Open WebUI. {@link
 * OpenWebUiReleasesIT} checks that the releases' own code does the same.
 */
public enum OpenWebUiSocket {
  KEY_UP_TO_0_11_3("bearer", false, First.KEY),
  KEY("bearer", true, First.KEY),
  SESSION_UP_TO_0_11_3("session", false, First.NOTHING),
  SESSION("session", true, First.EMPTY),
  ORCHESTRATOR_0_11_3("orchestrator", false, First.TOKEN),
  ORCHESTRATOR("orchestrator", true, First.TOKEN);

  /** The first frame, which Open WebUI itself sends before it passes on the browser's frames. */
  private enum First {
    KEY,
    TOKEN,
    EMPTY,
    NOTHING
  }

  private final String mode;
  private final boolean namesUserAndChat;
  private final First first;

  OpenWebUiSocket(String mode, boolean namesUserAndChat, First first) {
    this.mode = mode;
    this.namesUserAndChat = namesUserAndChat;
    this.first = first;
  }

  /** The way in which this release opens a socket. */
  public static OpenWebUiSocket of(String release, String mode) {
    boolean since0114 = List.of("0.11.4", "0.12.0", "0.12.4").contains(release);
    return switch (mode) {
      case "bearer" -> since0114 ? KEY : KEY_UP_TO_0_11_3;
      case "orchestrator" ->
          since0114
              ? ORCHESTRATOR
              : release.equals("0.11.3") ? ORCHESTRATOR_0_11_3 : SESSION_UP_TO_0_11_3;
      default -> since0114 ? SESSION : SESSION_UP_TO_0_11_3;
    };
  }

  public boolean isByKey() {
    return mode.equals("bearer");
  }

  /** Names and values in turn; a chat that is not saved has the empty id. */
  public List<String> headers(String user, String chat) {
    return namesUserAndChat ? List.of("X-User-Id", user, "X-Session-Id", chat) : List.of();
  }

  /** The text frame that comes before those of the browser. */
  public Optional<String> firstFrame(String key, String token) {
    return switch (first) {
      case KEY -> Optional.of(auth(key));
      case TOKEN -> Optional.of(auth(token));
      case EMPTY -> Optional.of(auth(""));
      case NOTHING -> Optional.empty();
    };
  }

  private static String auth(String token) {
    return "{\"type\": \"auth\", \"token\": \"" + token + "\"}";
  }

  /** Opens a socket in this way, and sends the browser's first frame. */
  public TerminalClient connect(
      String base, String id, String user, String chat, String key, String token) {
    TerminalClient socket = TerminalClient.connect(base, id, user, headers(user, chat));
    firstFrame(key, token).ifPresent(socket::text);
    return socket.resize(100, 30).text("{\"type\":\"ping\"}");
  }
}
