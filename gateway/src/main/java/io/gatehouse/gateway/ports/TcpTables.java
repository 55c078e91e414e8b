package io.gatehouse.gateway.ports;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernel's tables of the TCP sockets in the network of the gateway, which every program may
 * read.
 *
 * <p>All callers share the last reading for a short time, so a thousand open panes cost one reading
 * in a second.
 */
final class TcpTables {

  private static final Logger LOG = LoggerFactory.getLogger(TcpTables.class);

  /** How old the list of listening sockets may be. */
  static final Duration FRESH = Duration.ofSeconds(1);

  /** How old the list may be when a port is sought that an older list does not have. */
  static final Duration JUST_READ = Duration.ofMillis(50);

  /** The most rows of a table that are read. */
  private static final int MOST_ROWS = 500_000;

  private final List<Path> files;

  // Guarded by this.
  private Map<Long, List<TcpRow>> listeners = Map.of();
  private long readAt;
  private boolean read;

  TcpTables(Path folder) {
    this.files = List.of(folder.resolve("tcp"), folder.resolve("tcp6"));
  }

  /** The listening sockets of an account, IPv4 first. */
  synchronized List<TcpRow> listenersOf(long uid, Duration age) {
    if (!read || System.nanoTime() - readAt > age.toNanos()) {
      listeners = byOwner(rows(new Wanted(true, "")));
      readAt = System.nanoTime();
      read = true;
    }
    return listeners.getOrDefault(uid, List.of());
  }

  private static Map<Long, List<TcpRow>> byOwner(List<TcpRow> rows) {
    Map<Long, List<TcpRow>> owners = new HashMap<>();
    rows.forEach(row -> owners.computeIfAbsent(row.uid(), uid -> new ArrayList<>()).add(row));
    owners.replaceAll((uid, own) -> Collections.unmodifiableList(own));
    return owners;
  }

  /** The sockets with this port at one of their ends, read now. */
  List<TcpRow> atPort(int port) {
    return rows(new Wanted(false, TcpRow.written(port)));
  }

  /**
   * The rows that a reading is for.
   *
   * @param text the rows have it in their lines. The lines of all others are not parsed, because
   *     there may be tens of thousands of them for each new connection.
   */
  private record Wanted(boolean listeningOnly, String text) {}

  private List<TcpRow> rows(Wanted wanted) {
    List<TcpRow> rows = new ArrayList<>();
    for (Path file : files) {
      try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
        var unused = lines.readLine();
        read(lines, wanted, rows);
      } catch (IOException failure) {
        // A kernel without IPv6 has no such table.
        LOG.debug("cannot read {}: {}", file, failure.toString());
      }
    }
    return rows;
  }

  /**
   * Reads rows. The kernel lists listening sockets first, so if only these are wanted, the many
   * rows of connections are not read.
   */
  private static void read(BufferedReader lines, Wanted wanted, List<TcpRow> rows)
      throws IOException {
    String line = lines.readLine();
    for (int count = 0; line != null && count < MOST_ROWS; count++) {
      if (line.contains(wanted.text())) {
        var row = TcpRow.parse(line);
        if (wanted.listeningOnly() && row.isPresent() && !row.get().isListening()) {
          return;
        }
        row.ifPresent(rows::add);
      }
      line = lines.readLine();
    }
  }
}
