package io.gatehouse.gateway.screen;

import io.gatehouse.gateway.session.WindowSize;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A screen on which programs write, as the text that a person reads there: overwritten lines,
 * cursor movement, colours and full-screen programs included.
 *
 * <p>An {@link Emulator} shows the output. It gets only sequences that change text, with parameters
 * that a screen can have. A bounded number of the lines that scroll off are kept ({@link
 * ShownLines}).
 *
 * <p>Only one thread may use it.
 */
public final class Screen {

  private static final String SCREEN_CODES = "@ABCDEFGHIJKLMPSTXZ`adefgru";

  /** Those of {@link #SCREEN_CODES} that stay on their row, and so do not end a stretch of text. */
  private static final String ROW_CODES = "@CDGIKPXZ`a";

  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);

  private final ByteBuffer undecoded = ByteBuffer.allocate(8);
  private final OutputParser parser = new OutputParser(new Emulation());
  private final CellText cellText = new CellText();
  private final ShownLines scrollback;

  /** Whether lines are passed on as they scroll off, and so cannot be changed afterwards. */
  private final boolean telling;

  private final Emulator emulator;
  private final Rewrapping rewrapping;

  /** Whether a full-screen program has the screen. */
  private boolean alternate;

  /** The lines that were shown when a full-screen program opened its screen; empty before that. */
  private List<String> behind = List.of();

  public Screen(WindowSize size) {
    this(size, Optional.empty());
  }

  /**
   * A screen of endless output.
   *
   * @param scrolledOff gets every line that scrolls off, and the lines of every screen before it is
   *     cleared
   */
  static Screen telling(WindowSize size, ShownLines.Sink scrolledOff) {
    return new Screen(size, Optional.of(scrolledOff));
  }

  private Screen(WindowSize size, Optional<ShownLines.Sink> scrolledOff) {
    telling = scrolledOff.isPresent();
    scrollback = new ShownLines(cellText, scrolledOff);
    emulator = new Emulator(size, cellText, this::keep);
    rewrapping = new Rewrapping(emulator, scrollback);
  }

  /** Keeps a row that scrolled off. A full-screen program's rows are no lines of text. */
  private void keep(long[] row) {
    if (!alternate) {
      scrollback.add(row);
    }
  }

  /**
   * Shows output of programs in UTF-8. Other bytes are shown as the replacement character.
   *
   * @param limit how long this may take, because some sequences move a whole screen
   * @return false if the time was too short; the rest is not shown then
   */
  public boolean write(ByteBuffer output, Duration limit) {
    long start = System.nanoTime();
    ByteBuffer bytes = ByteBuffer.allocate(undecoded.position() + output.remaining());
    bytes.put(undecoded.flip()).put(output).flip();
    undecoded.clear();
    CharBuffer text = CharBuffer.allocate(bytes.remaining());
    decoder.reset().decode(bytes, text, false);
    undecoded.put(bytes);
    text.flip();
    while (text.hasRemaining()) {
      char next = text.get();
      parser.parse(
          Character.isHighSurrogate(next) && text.hasRemaining()
              ? Character.toCodePoint(next, text.get())
              : next);
      if (System.nanoTime() - start > limit.toNanos()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Gives the screen another size. Text is wrapped again, as terminal windows do it. A drawn
   * screen, which has text below the cursor, is cut at the new margins, because its program draws
   * it again.
   */
  public void resize(WindowSize size) {
    emulator.flush();
    if (emulator.hasSize(size)) {
      return;
    }
    if (alternate || rewrapping.isDrawn()) {
      emulator.setSize(size);
    } else {
      rewrapping.resize(size);
    }
  }

  /**
   * The text of this screen, from the oldest line that is kept. While a full-screen program has the
   * screen, only its screen is shown.
   *
   * @param mostBytes the most bytes of the text in UTF-8; older lines are left out
   */
  public String text(int mostBytes) {
    emulator.flush();
    ShownLines lines =
        alternate ? new ShownLines(cellText, Optional.empty()) : new ShownLines(scrollback);
    for (long[] row : emulator.rows()) {
      lines.add(row);
    }
    return lines.text(mostBytes);
  }

  /**
   * The lines of programs that write line by line, from the first one that was not passed on, to
   * the one with the cursor or the last one with text.
   */
  List<String> lines() {
    emulator.flush();
    return alternate ? behind : linesOfScreen(new ShownLines(scrollback), emulator.cursor()[1]);
  }

  /** The lines that a full-screen program shows; empty if none has the screen. */
  Optional<List<String>> fullScreen() {
    emulator.flush();
    return alternate
        ? Optional.of(linesOfScreen(new ShownLines(cellText, Optional.empty()), -1))
        : Optional.empty();
  }

  private List<String> linesOfScreen(ShownLines lines, int atLeast) {
    long[][] rows = emulator.rows();
    int last = ScreenRow.lastUsed(rows, atLeast);
    for (int y = 0; y <= last; y++) {
      lines.add(rows[y]);
    }
    return lines.all();
  }

  /** Passes on the lines of a screen that is about to be cleared. */
  private void tellScreen() {
    emulator.flush();
    if (telling && !alternate) {
      long[][] rows = emulator.rows();
      int last = ScreenRow.lastUsed(rows, -1);
      for (int y = 0; y <= last; y++) {
        scrollback.add(rows[y]);
      }
      scrollback.endLine();
    }
  }

  /** Shows what a parser finds, for a caller that has a parser of its own. */
  OutputParser.Sink sink() {
    return new Emulation();
  }

  int memory() {
    return cellText.size();
  }

  private void switchTo(boolean wanted) {
    if (alternate != wanted) {
      emulator.control("");
      emulator.flush();
      behind = wanted && telling ? lines() : List.of();
      alternate = wanted;
      emulator.add("\u001b[?1049" + (wanted ? 'h' : 'l'));
      emulator.flush();
    }
  }

  /** Passes on what the parser finds, in the form that the emulator needs. */
  private final class Emulation implements OutputParser.Sink {

    @Override
    public void text(int codePoint) {
      emulator.text(codePoint);
    }

    @Override
    public void control(char control) {
      switch (control) {
        case '\r', '\b' -> emulator.moveBack(control);
        case '\t' -> emulator.tab();
        case '\n', 0x0b, '\f' -> emulator.lineFeed();
        // These switch to the other character set and back.
        case 0x0e, 0x0f -> emulator.inRow(String.valueOf(control));
        default -> {}
      }
    }

    @Override
    public void escape(String sequence) {
      switch (sequence) {
        case "7", "8", "D", "E", "H", "M" -> emulator.control("\u001b" + sequence);
        case "(0", "(A", "(B", ")0", ")A", ")B" -> emulator.inRow("\u001b" + sequence);
        case "c" -> {
          tellScreen();
          clearScrollback();
          alternate = false;
          emulator.reset();
        }
        default -> {}
      }
    }

    @Override
    public void sequence(char prefix, List<Integer> parameters, char command) {
      if (prefix == '?' && (command == 'h' || command == 'l')) {
        parameters.forEach(mode -> privateMode(mode, command));
      } else if (prefix != 0) {
        return;
      } else if (command == 'b') {
        emulator.repeat(Math.max(parameters.getFirst(), 1));
      } else if (command == 'J' && parameters.getFirst() == 3) {
        emulator.flush();
        clearScrollback();
      } else if ((command == 'h' || command == 'l') && parameters.contains(4)) {
        emulator.inRow("\u001b[4" + command);
      } else if (command == 's') {
        emulator.inRow("\u001b[s");
      } else if (SCREEN_CODES.indexOf(command) >= 0) {
        screenCode(parameters, command);
      }
    }

    private void privateMode(int mode, char command) {
      switch (mode) {
        // These are the modes for the origin and for wrapping.
        case 6, 7 -> emulator.control("\u001b[?" + mode + command);
        case 47, 1047, 1049 -> switchTo(command == 'h');
        default -> {}
      }
    }

    private void clearScrollback() {
      if (!telling) {
        scrollback.clear();
      }
    }

    private void screenCode(List<Integer> parameters, char command) {
      if (command == 'J' && parameters.getFirst() == 2) {
        tellScreen();
      }
      StringBuilder sequence = new StringBuilder("\u001b[");
      for (int i = 0; i < Math.min(parameters.size(), 2); i++) {
        sequence.append(i == 0 ? "" : ";");
        int parameter = parameters.get(i);
        sequence.append(parameter == 0 && command != 'J' && command != 'K' ? "" : parameter);
      }
      sequence.append(command);
      if (ROW_CODES.indexOf(command) >= 0) {
        emulator.inRow(sequence.toString());
      } else {
        emulator.control(sequence.toString());
        emulator.flush();
      }
    }
  }
}
