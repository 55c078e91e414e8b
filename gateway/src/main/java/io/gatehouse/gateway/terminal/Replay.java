package io.gatehouse.gateway.terminal;

import io.gatehouse.gateway.session.WindowSize;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/** The end of a terminal's output, for later viewers. */
final class Replay {

  /**
   * The most bytes that are kept: a few thousand lines, or several whole screens of a program with
   * colours.
   */
  static final int CAPACITY = 256 * 1024;

  /**
   * Queries that a terminal answers by typing: its type, the place of its cursor, its colours
   * (ECMA-48 and xterm's ctlseqs). They are left out of a replay. The program that asked has had
   * its answer. It would take a second answer for typed keys, and the ESC in it would end vim's
   * insert mode. No alternative of the pattern examines a character more than a few times, whatever
   * programs print.
   */
  private static final Pattern QUERY =
      Pattern.compile(
          """
          \\x1b (?: Z                                        # which terminal (DECID)
          | \\[ [>=]? [0-9;]* c                              # which terminal (DA)
          | \\[ \\?? [0-9;]* n                               # what status, where is the cursor (DSR)
          | \\[ \\?? [0-9;]* \\$ p                           # is this mode on (DECRQM)
          | \\[ [0-9]* x                                     # which parameters (DECREQTPARM)
          | \\[ > [0-9]* q                                   # which version (XTVERSION)
          | \\[ \\? u                                        # which keyboard protocol
          | \\[ (?: 1[1345689] | 2[01] ) (?: ; [0-9;]* )? t  # how large is the window
          | \\] (?= [^\\x07\\x1b]* ; \\? )                   # which colour
              [^\\x07\\x1b]*+ (?: \\x07 | \\x1b \\\\ )
          | P [$+] q [^\\x1b]* \\x1b \\\\ )                  # which setting (DECRQSS, XTGETTCAP)
          """,
          Pattern.COMMENTS);

  /**
   * The most changes of size that are remembered. There are many changes while a user resizes a
   * window.
   */
  private static final int MOST_SIZES = 64;

  private static final int FIRST_CAPACITY = 4 * 1024;
  private static final int ESCAPE = 0x1b;

  // A ring buffer: the oldest byte is at start. All fields are guarded by the lock of this object.
  private byte[] ring = new byte[FIRST_CAPACITY];
  private int start;
  private int length;

  /** The modes at the oldest byte that is kept. */
  private final Modes modes = new Modes();

  /** The number of bytes that were dropped. */
  private long dropped;

  /** A size of the terminal, and the number of the byte from which on it had this size. */
  private record Sizing(long from, WindowSize size) {}

  /**
   * The sizes of the terminal, the oldest first. It is never empty: the first element is the size
   * at the oldest byte that is kept.
   */
  private final Deque<Sizing> sizes = new ArrayDeque<>(List.of(new Sizing(0, WindowSize.DEFAULT)));

  /** Output that came while the terminal had this size. */
  record Part(WindowSize size, ByteBuffer output) {}

  synchronized void append(byte[] output, int offset, int count) {
    int skipped = Math.max(0, count - CAPACITY);
    makeRoom(count - skipped);
    modes.follow(output, offset, skipped);
    dropped += skipped;
    int end = (start + length) % ring.length;
    int first = Math.min(count - skipped, ring.length - end);
    System.arraycopy(output, offset + skipped, ring, end, first);
    System.arraycopy(output, offset + skipped + first, ring, 0, count - skipped - first);
    length += count - skipped;
    while (sizes.size() > 1 && second().from() <= dropped) {
      sizes.removeFirst();
    }
  }

  private Sizing second() {
    return sizes.stream().skip(1).findFirst().orElseThrow();
  }

  private void makeRoom(int count) {
    if (length + count > ring.length && ring.length < CAPACITY) {
      int larger = ring.length;
      while (larger < length + count && larger < CAPACITY) {
        larger *= 2;
      }
      byte[] grown = new byte[larger];
      copy(start, length, grown);
      ring = grown;
      start = 0;
    }
    drop(Math.max(0, length + count - ring.length));
  }

  private void drop(int count) {
    int first = Math.min(count, ring.length - start);
    modes.follow(ring, start, first);
    modes.follow(ring, 0, count - first);
    start = (start + count) % ring.length;
    length -= count;
    dropped += count;
  }

  /** Remembers that further output is for a terminal of this size. */
  synchronized void resize(WindowSize size) {
    long now = dropped + length;
    if (sizes.getLast().from() == now && sizes.size() > 1) {
      sizes.removeLast();
    }
    sizes.addLast(new Sizing(now, size));
    if (sizes.size() > MOST_SIZES) {
      forgetFirstSize();
    }
  }

  private void forgetFirstSize() {
    Sizing first = sizes.removeFirst();
    Sizing second = sizes.removeFirst();
    sizes.addFirst(new Sizing(first.from(), second.size()));
  }

  /**
   * The output in parts, each with the size that the terminal had at that time. It begins at a
   * place that is not within a sequence or a character.
   */
  synchronized List<Part> parts() {
    byte[] all = new byte[length];
    copy(start, length, all);
    Modes before = new Modes(modes);
    int from = cleanStart(all, before);
    List<Part> parts = new ArrayList<>();
    Sizing current = sizes.getFirst();
    parts.add(new Part(current.size(), ByteBuffer.wrap(before.sequences())));
    for (Sizing next : sizes) {
      int to = Math.clamp(next.from() - dropped, from, length);
      parts.add(new Part(current.size(), ByteBuffer.wrap(all, from, to - from)));
      from = to;
      current = next;
    }
    parts.add(new Part(current.size(), ByteBuffer.wrap(all, from, length - from)));
    return parts;
  }

  private void copy(int from, int count, byte[] target) {
    int first = Math.min(count, ring.length - from);
    System.arraycopy(ring, from, target, 0, first);
    System.arraycopy(ring, 0, target, first, count - first);
  }

  /** The bytes that make a new terminal look and react as this terminal does. */
  synchronized byte[] snapshot() {
    byte[] all = new byte[length];
    copy(start, length, all);
    Modes before = new Modes(modes);
    int clean = cleanStart(all, before);
    String seen = new String(all, clean, length - clean, StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream snapshot = new ByteArrayOutputStream(length);
    snapshot.writeBytes(before.sequences());
    snapshot.writeBytes(QUERY.matcher(seen).replaceAll("").getBytes(StandardCharsets.ISO_8859_1));
    return snapshot.toByteArray();
  }

  /** The last bytes of the output, unchanged. */
  synchronized byte[] last(int count) {
    int wanted = Math.min(count, length);
    byte[] end = new byte[wanted];
    copy((start + length - wanted) % ring.length, wanted, end);
    return end;
  }

  /**
   * Finds the first place that is not within a sequence or a character. If bytes were dropped, the
   * oldest bytes may be the rest of a sequence or of a character.
   */
  private int cleanStart(byte[] all, Modes before) {
    if (length < CAPACITY) {
      return 0;
    }
    int next = 0;
    while (next < all.length && !(before.betweenSequences() && isStart(all, next))) {
      before.follow(all[next]);
      next++;
    }
    return next < all.length ? next : 0;
  }

  private static boolean isStart(byte[] all, int position) {
    return all[position] == ESCAPE || (position > 0 && all[position - 1] == '\n');
  }
}
