package io.gatehouse.gateway.http.mcp;

import io.gatehouse.gateway.http.exchange.RefusedException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The sessions of all clients. A session belongs to the user who opened it.
 *
 * <p>A session holds some hundred bytes and no login. Open WebUI opens a session for each turn of a
 * chat, and not every client ends its sessions. So if a user has too many, a new session takes the
 * place of the user's session that was used longest ago. If all users together have too many, it
 * takes the place of a session of the user who has the most. By the protocol, the client of an
 * ended session opens another one.
 */
final class McpSessions {

  /** How long a session may be unused. After that, its client has to open another session. */
  static final Duration IDLE_LIMIT = Duration.ofMinutes(30);

  static final int MOST_OF_USER = 32;

  /** Sessions of all users. Each costs less than a kilobyte. */
  static final int MOST = 8192;

  private static final int ID_BYTES = 16;

  private final LongSupplier nanoTime;
  private final SecureRandom random = new SecureRandom();

  // Guarded by this.
  private final Map<String, Map<String, McpSession>> users = new HashMap<>();
  private int count;

  McpSessions(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Opens a session, and returns its id.
   *
   * @throws RefusedException 429 if there are too many
   */
  synchronized String open(String userId) {
    long now = nanoTime.getAsLong();
    Map<String, McpSession> own = users.getOrDefault(userId, Map.of());
    if (own.size() >= MOST_OF_USER) {
      oldest(own).ifPresent(id -> remove(userId, id));
    }
    if (count >= MOST) {
      removeIdle(now);
    }
    if (count >= MOST) {
      removeOneOfTheMost();
    }
    if (count >= MOST || users.getOrDefault(userId, Map.of()).size() >= MOST_OF_USER) {
      throw new RefusedException(
          429, "There are too many MCP sessions; end one, or try again in some minutes");
    }
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    String id = HexFormat.of().formatHex(bytes);
    users.computeIfAbsent(userId, unused -> new HashMap<>()).put(id, new McpSession(now));
    count++;
    return id;
  }

  /** The session that was used longest ago, among those without a running call. */
  private static Optional<String> oldest(Map<String, McpSession> own) {
    return own.entrySet().stream()
        .filter(each -> !each.getValue().isBusy())
        .min(Comparator.comparingLong(each -> each.getValue().lastUse()))
        .map(Map.Entry::getKey);
  }

  /**
   * Removes a session of the user who has the most, so that a few users with many sessions do not
   * keep others out.
   */
  private void removeOneOfTheMost() {
    users.entrySet().stream()
        .filter(each -> oldest(each.getValue()).isPresent())
        .max(Comparator.comparingInt(each -> each.getValue().size()))
        .map(Map.Entry::getKey)
        .ifPresent(
            userId ->
                oldest(users.getOrDefault(userId, Map.of())).ifPresent(id -> remove(userId, id)));
  }

  private void removeIdle(long now) {
    for (Map<String, McpSession> own : users.values()) {
      int before = own.size();
      own.values().removeIf(session -> isIdle(session, now));
      count -= before - own.size();
    }
    users.values().removeIf(Map::isEmpty);
  }

  private static boolean isIdle(McpSession session, long now) {
    return !session.isBusy() && now - session.lastUse() > IDLE_LIMIT.toNanos();
  }

  /**
   * The session of this id.
   *
   * @throws RefusedException 404 if there is none, or it is another user's
   */
  synchronized McpSession require(String userId, String id) {
    McpSession session = users.getOrDefault(userId, Map.of()).get(id);
    long now = nanoTime.getAsLong();
    if (session == null || isIdle(session, now)) {
      remove(userId, id);
      throw missing(id);
    }
    session.use(now);
    return session;
  }

  /**
   * Ends a session and its calls.
   *
   * @throws RefusedException 404 if there is none, or it is another user's
   */
  void end(String userId, String id) {
    McpSession session = require(userId, id);
    synchronized (this) {
      remove(userId, id);
    }
    session.end();
  }

  private synchronized void remove(String userId, String id) {
    Map<String, McpSession> own = users.get(userId);
    if (own != null && own.remove(id) != null) {
      count--;
      if (own.isEmpty()) {
        users.remove(userId);
      }
    }
  }

  /**
   * The refusal of an id that is no session of the user's. Another user's session is answered like
   * an id that never existed; only the log tells them apart.
   */
  private RefusedException missing(String id) {
    String detail =
        "There is no such MCP session, or it has ended; send initialize to open another";
    return users.values().stream().anyMatch(own -> own.containsKey(id))
        ? RefusedException.ofConcern(404, detail, "uses another user's MCP session")
        : new RefusedException(404, detail);
  }

  /** How many sessions there are; for tests. */
  synchronized int size() {
    return count;
  }
}
