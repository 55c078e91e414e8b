package io.gatehouse.gateway.ports;

import java.util.Locale;
import java.util.Optional;
import java.util.StringTokenizer;

/**
 * A TCP socket, as the kernel lists it in {@code /proc/net/tcp} and {@code /proc/net/tcp6}
 * (proc_net(5)).
 *
 * @param inode the number of the socket's inode, 0 until a program has accepted the connection
 * @param ipv6 whether the socket is of IPv6; such a socket may also serve IPv4
 */
record TcpRow(End local, End remote, State state, long uid, long inode, boolean ipv6) {

  /** The address 127.0.0.1. The kernel writes addresses as words of a little-endian machine. */
  static final String LOOPBACK_4 = "0100007F";

  /** The address ::1. */
  static final String LOOPBACK_6 = "00000000000000000000000001000000";

  static final String ANY_4 = "00000000";
  static final String ANY_6 = "00000000000000000000000000000000";

  /** The beginning of an IPv4 address that is written as an IPv6 address. */
  private static final String MAPPED = "0000000000000000FFFF0000";

  private static final int HEXADECIMAL = 16;

  /**
   * An end of a connection.
   *
   * @param address the address in the kernel's spelling; an IPv4 address in an IPv6 socket is
   *     spelled as in an IPv4 socket
   */
  record End(String address, int port) {

    private static End parse(String word) {
      int colon = word.indexOf(':');
      String address = word.substring(0, colon);
      return new End(
          address.startsWith(MAPPED) ? address.substring(MAPPED.length()) : address,
          Integer.parseInt(word.substring(colon + 1), HEXADECIMAL));
    }
  }

  /** The states that this package distinguishes. */
  enum State {
    LISTENING,
    ESTABLISHED,
    /** The connection was requested, and the program cannot accept it yet. */
    RECEIVED,
    OTHER;

    private static State of(String code) {
      return switch (code) {
        case "0A" -> LISTENING;
        // 08 is CLOSE_WAIT, in which the other end sends nothing more.
        case "01", "08" -> ESTABLISHED;
        // NEW_SYN_RECV is 0C, and the kernel shows it as 03.
        case "03", "0C" -> RECEIVED;
        default -> OTHER;
      };
    }
  }

  /** A port in the kernel's spelling, as each line has it that has this port. */
  static String written(int port) {
    return String.format(Locale.ROOT, ":%04X ", port);
  }

  /** Reads a line of the table. The result is empty if the line is not that of a socket. */
  static Optional<TcpRow> parse(String line) {
    StringTokenizer words = new StringTokenizer(line);
    if (words.countTokens() < 10) {
      return Optional.empty();
    }
    try {
      var unused = words.nextToken();
      String local = words.nextToken();
      String remote = words.nextToken();
      State state = State.of(words.nextToken());
      for (int skipped = 0; skipped < 3; skipped++) {
        unused = words.nextToken();
      }
      long uid = Long.parseLong(words.nextToken());
      unused = words.nextToken();
      long inode = Long.parseLong(words.nextToken());
      boolean ipv6 = local.indexOf(':') > LOOPBACK_4.length();
      return Optional.of(new TcpRow(End.parse(local), End.parse(remote), state, uid, inode, ipv6));
    } catch (NumberFormatException | IndexOutOfBoundsException notASocket) {
      return Optional.empty();
    }
  }

  boolean isListening() {
    return state == State.LISTENING;
  }

  /** Whether a connection to this address of loopback may reach this listening socket. */
  boolean serves(String address) {
    return local.address().equals(address)
        || local.address().equals(ANY_6)
        || (local.address().equals(ANY_4) && address.equals(LOOPBACK_4));
  }
}
