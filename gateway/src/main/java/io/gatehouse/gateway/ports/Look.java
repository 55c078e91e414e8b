package io.gatehouse.gateway.ports;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The account's sockets, and the process of each socket, as a program in the account's login sees
 * them. The kernel shows the processes of sockets only to the user's own programs.
 *
 * @param rows the listening sockets in the network of the login
 * @param programs the processes by the inodes of their sockets
 */
record Look(List<TcpRow> rows, Map<Long, Program> programs) {

  static final Look NOTHING = new Look(List.of(), Map.of());

  /** The command whose output {@link #read} reads. */
  static final String COMMAND =
      "grep -h ' 0A ' /proc/net/tcp /proc/net/tcp6 2>/dev/null; "
          + "find /proc/[0-9]*/fd -maxdepth 1 -lname 'socket:*' -printf '%h %l\\n' 2>/dev/null; "
          + "grep -H '' /proc/[0-9]*/comm 2>/dev/null";

  /** The most bytes that are read. They are enough for the sockets of a thousand programs. */
  private static final int MOST_BYTES = 1024 * 1024;

  private static final Pattern SOCKET =
      Pattern.compile("/proc/([0-9]{1,9})/fd socket:\\[([0-9]{1,18})\\]");

  private static final Pattern NAME = Pattern.compile("/proc/([0-9]{1,9})/comm:(.{0,15}).*");

  /**
   * A process.
   *
   * @param name empty if the process has ended in the meantime
   */
  record Program(int pid, String name) {}

  Look {
    rows = List.copyOf(rows);
    programs = Map.copyOf(programs);
  }

  static Look read(InputStream output) throws IOException {
    List<TcpRow> rows = new ArrayList<>();
    Map<Long, Integer> owners = new HashMap<>();
    Map<Integer, String> names = new HashMap<>();
    OutputLines.read(output, MOST_BYTES)
        .forEach(
            line -> {
              Matcher socket = SOCKET.matcher(line);
              Matcher name = NAME.matcher(line);
              if (socket.matches()) {
                // Of several processes that share a socket, the lowest id is usually the oldest.
                owners.merge(
                    Long.valueOf(socket.group(2)), Integer.valueOf(socket.group(1)), Math::min);
              } else if (name.matches()) {
                names.putIfAbsent(Integer.valueOf(name.group(1)), name.group(2));
              } else {
                TcpRow.parse(line).filter(TcpRow::isListening).ifPresent(rows::add);
              }
            });
    Map<Long, Program> programs = new HashMap<>();
    owners.forEach(
        (inode, pid) -> programs.put(inode, new Program(pid, names.getOrDefault(pid, ""))));
    return new Look(rows, programs);
  }
}
