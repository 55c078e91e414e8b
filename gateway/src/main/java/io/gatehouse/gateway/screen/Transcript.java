package io.gatehouse.gateway.screen;

import io.gatehouse.gateway.session.WindowSize;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns endless output of programs into the lines that a person would have seen, and passes them on
 * as they come.
 *
 * <p>Lines that scroll off the screen are passed on and forgotten, so it needs memory for one
 * screen only, and no line is lost. A {@link Screen} is made only for output that moves the cursor,
 * and given up again after a screen or two of plain lines. Most output moves no cursor, and without
 * a screen it costs a tenth.
 *
 * <p>Only one thread may use it.
 */
public final class Transcript {

  /** The most characters of a line that are kept while its end has not come. */
  private static final int LONGEST_LINE = 64 * 1024;

  /** The characters after which the clock is read again. */
  private static final int CLOCK_STEP = 256;

  /**
   * A transcript with more characters than this, or with more than a sixteenth as many that need
   * several code points, is not worth keeping for the next answer.
   */
  private static final int LARGE = 32 * 1024;

  /** Escapes and sequences that have an effect even while the cursor is at the end of a line. */
  private static final String MOVING_ESCAPES = "78DEHMc";

  private static final Set<String> OTHER_CHARACTERS = Set.of("(0", "(A", ")A", ")0");
  private static final String MOVING_CODES = "@ABCDEFGHILMPSTXZ`abdefgrsu";

  /** Private modes that change the place of text: origin, wrapping, and the alternate screens. */
  private static final Set<Integer> MOVING_MODES = Set.of(6, 7, 47, 1047, 1049);

  private enum Oddity {
    MARGINS,
    ORIGIN,
    NO_WRAPPING,
    INSERTING,
    FULL_SCREEN,
    CHARACTERS,
    TAB_STOPS
  }

  private final WindowSize size;
  private final OutputParser parser = new OutputParser(new Reader());

  // Used while there is no screen: the newest lines, as many as a screen has, and the last line.
  private final Deque<String> newest = new ArrayDeque<>();
  private int newestRows;
  private final StringBuilder line = new StringBuilder();
  private boolean returned;

  private @Nullable Screen screen;
  private OutputParser.@Nullable Sink onScreen;

  /** The plain lines since the cursor was moved. */
  private int plainLines;

  /** The settings in which the terminal differs from a new screen. */
  private final Set<Oddity> odd = EnumSet.noneOf(Oddity.class);

  /**
   * Whether showing the output took too long. From then on, only the last text of each line is
   * shown.
   */
  private boolean simplified;

  private long patience;
  private Consumer<String> listener = text -> {};

  // The lines that were passed on and may still change. The next answer begins where they differ.
  private List<String> shown = List.of("");
  private int same;
  private boolean atLineStart = true;

  public Transcript(WindowSize size) {
    this.size = size;
  }

  /**
   * Begins an answer: the listener gets the text that is new or different from here on.
   *
   * @param patience how long this may spend on output that moves the cursor
   */
  public void begin(Consumer<String> listener, Duration patience) {
    shown = lines();
    same = 0;
    atLineStart = true;
    this.listener =
        text -> {
          if (!text.isEmpty()) {
            atLineStart = text.endsWith("\n");
            listener.accept(text);
          }
        };
    this.patience = patience.toNanos();
  }

  /** Takes output. */
  public void write(CharSequence output) {
    int length = output.length();
    long start = System.nanoTime();
    int next = 0;
    while (next < length) {
      int end = Math.min(length, next + CLOCK_STEP);
      boolean slow = screen != null;
      while (next < end) {
        int run = screen == null && !returned && parser.isInText() ? run(output, next, end) : next;
        if (run > next) {
          line.append(output, next, run);
          next = run;
          shortenIfLong();
          continue;
        }
        int codePoint = Character.codePointAt(output, next);
        parser.parse(codePoint);
        next += Character.charCount(codePoint);
      }
      long now = System.nanoTime();
      if (slow || screen != null) {
        patience -= now - start;
        if (patience < 0) {
          simplify();
        }
      }
      start = now;
    }
  }

  /** Ends an answer with the lines that are on the screen. */
  public void end() {
    List<String> last = lines();
    for (int i = 0; i < last.size() - 1; i++) {
      tell(last.get(i), true);
    }
    tell(last.getLast(), false);
    Screen current = screen;
    if (current != null) {
      current
          .fullScreen()
          .ifPresent(
              rows -> listener.accept((atLineStart ? "" : "\n") + String.join("\n", rows) + "\n"));
    }
    listener = text -> {};
  }

  /** Whether this takes too much memory to be kept for the next answer. */
  public boolean isLarge() {
    Screen current = screen;
    long characters = line.length() + shown.stream().mapToLong(String::length).sum();
    return characters > LARGE || (current != null && current.memory() > LARGE / 16);
  }

  /** Whether this has stopped following the cursor, because that took too long. */
  public boolean isSimplified() {
    return simplified;
  }

  private List<String> lines() {
    Screen current = screen;
    if (current != null) {
      List<String> onScreen = current.lines();
      return onScreen.isEmpty() ? List.of("") : onScreen;
    }
    List<String> lines = new ArrayList<>(newest);
    lines.add(line.toString());
    return lines;
  }

  /** Passes on a line, or the part of it that differs from what was passed on before. */
  private void tell(String text, boolean ended) {
    String end = ended ? "\n" : "";
    if (same == shown.size()) {
      listener.accept(text + end);
    } else if (same == shown.size() - 1) {
      String known = shown.get(same);
      same = shown.size();
      listener.accept((text.startsWith(known) ? text.substring(known.length()) : text) + end);
    } else if (text.equals(shown.get(same))) {
      same++;
    } else {
      same = shown.size();
      listener.accept(text + end);
    }
  }

  // --- Lines without a screen

  private void endLine() {
    addLine(line.toString());
    line.setLength(0);
    returned = false;
  }

  private void addLine(String text) {
    newest.addLast(text);
    newestRows += rowsOf(text.length());
    while (newestRows - rowsOf(newest.getFirst().length()) >= size.rows()) {
      String oldest = newest.removeFirst();
      newestRows -= rowsOf(oldest.length());
      tell(oldest, true);
    }
  }

  private int rowsOf(int characters) {
    return Math.max(1, (characters + size.columns() - 1) / size.columns());
  }

  /** Passes on the beginning of a long line, of which only the end is still on the screen. */
  private void shorten() {
    newest.forEach(each -> tell(each, true));
    newest.clear();
    newestRows = 0;
    int rows = line.length() / size.columns() - size.rows();
    int end = rows * size.columns();
    if (Character.isHighSurrogate(line.charAt(end - 1))) {
      end--;
    }
    tell(line.substring(0, end), false);
    line.delete(0, end);
  }

  private void addText(int codePoint) {
    if (returned) {
      // This happens only while output is simplified.
      line.setLength(0);
      returned = false;
    }
    line.appendCodePoint(codePoint);
    shortenIfLong();
  }

  private void shortenIfLong() {
    if (line.length() > LONGEST_LINE) {
      shorten();
    }
  }

  /** The index after the ASCII text that begins here. */
  private static int run(CharSequence output, int start, int end) {
    int next = start;
    while (next < end && output.charAt(next) >= ' ' && output.charAt(next) < 0x7f) {
      next++;
    }
    return next;
  }

  // --- With a screen

  private OutputParser.Sink onScreen() {
    if (onScreen != null) {
      return onScreen;
    }
    Screen fresh = Screen.telling(size, this::tell);
    OutputParser.Sink sink = fresh.sink();
    newest.forEach(
        each -> {
          type(each, sink);
          sink.control('\r');
          sink.control('\n');
        });
    type(line, sink);
    if (returned) {
      sink.control('\r');
    }
    forgetLines();
    screen = fresh;
    onScreen = sink;
    plainLines = 0;
    odd.clear();
    return sink;
  }

  private static void type(CharSequence text, OutputParser.Sink sink) {
    text.codePoints()
        .forEach(
            codePoint -> {
              if (codePoint == '\t') {
                sink.control('\t');
              } else {
                sink.text(codePoint);
              }
            });
  }

  private void forgetLines() {
    newest.clear();
    newestRows = 0;
    line.setLength(0);
    returned = false;
  }

  /** Goes on without the screen, from the lines that it shows. */
  private void leaveScreen() {
    Screen current = screen;
    if (current == null) {
      return;
    }
    List<String> left = current.lines();
    screen = null;
    onScreen = null;
    forgetLines();
    for (int i = 0; i < left.size() - 1; i++) {
      addLine(left.get(i));
    }
    if (!left.isEmpty()) {
      line.append(left.getLast());
    }
  }

  private void simplify() {
    leaveScreen();
    simplified = true;
  }

  /** Takes the text and sequences that the parser finds. */
  private final class Reader implements OutputParser.Sink {

    // On a screen: whether the cursor has returned to the start of a line with text, or is in a
    // line that has none yet.
    private boolean afterReturn;
    private boolean inNewLine;

    @Override
    public void text(int codePoint) {
      if (simplified || (screen == null && !returned)) {
        addText(codePoint);
        return;
      }
      if (returned || afterReturn) {
        plainLines = 0;
      }
      afterReturn = false;
      inNewLine = false;
      onScreen().text(codePoint);
    }

    @Override
    public void control(char control) {
      if (simplified) {
        simplifiedControl(control);
      } else if (screen == null && isHarmless(control)) {
        plainControl(control);
      } else {
        screenControl(control);
      }
    }

    private boolean isHarmless(char control) {
      return switch (control) {
        case '\r' -> true;
        case '\n' -> returned || line.isEmpty();
        case '\t' -> !returned;
        case '\b', 0x0b, '\f', 0x0e -> false;
        default -> true;
      };
    }

    private void plainControl(char control) {
      switch (control) {
        case '\r' -> returned = !line.isEmpty();
        case '\n' -> endLine();
        case '\t' -> addText('\t');
        default -> {}
      }
    }

    private void simplifiedControl(char control) {
      switch (control) {
        case '\r' -> returned = true;
        case '\n' -> endLine();
        case '\t' -> addText('\t');
        default -> {}
      }
    }

    private void screenControl(char control) {
      onScreen().control(control);
      switch (control) {
        case '\r' -> afterReturn = !inNewLine;
        case '\n' -> {
          plainLines = afterReturn || inNewLine ? plainLines + 1 : 0;
          inNewLine = afterReturn || inNewLine;
          afterReturn = false;
          // So many plain lines have followed that the whole screen consists of them.
          if (odd.isEmpty() && plainLines > 2 * size.rows()) {
            leaveScreen();
          }
        }
        case '\t' -> inNewLine = false;
        case '\b', 0x0b, '\f' -> move();
        case 0x0e -> odd.add(Oddity.CHARACTERS);
        case 0x0f -> odd.remove(Oddity.CHARACTERS);
        default -> {}
      }
    }

    @Override
    public void escape(String sequence) {
      boolean moves = MOVING_ESCAPES.contains(sequence) || OTHER_CHARACTERS.contains(sequence);
      if (simplified || (!moves && onScreen == null)) {
        return;
      }
      OutputParser.Sink sink = onScreen();
      sink.escape(sequence);
      if (moves) {
        move();
      }
      switch (sequence) {
        case "c" -> odd.clear();
        case "H" -> odd.add(Oddity.TAB_STOPS);
        case "(B" -> odd.remove(Oddity.CHARACTERS);
        default -> {
          if (OTHER_CHARACTERS.contains(sequence)) {
            odd.add(Oddity.CHARACTERS);
          }
        }
      }
    }

    @Override
    public void sequence(char prefix, List<Integer> parameters, char command) {
      if (simplified) {
        return;
      }
      boolean moves = moves(prefix, parameters, command);
      if (!moves && onScreen == null) {
        return;
      }
      OutputParser.Sink sink = onScreen();
      sink.sequence(prefix, parameters, command);
      if (moves) {
        move();
        note(prefix, parameters, command);
      }
    }

    private void note(char prefix, List<Integer> parameters, char command) {
      boolean on = command == 'h';
      if (command == 'r') {
        set(Oddity.MARGINS, !parameters.stream().allMatch(parameter -> parameter == 0));
      } else if (command == 'g') {
        odd.add(Oddity.TAB_STOPS);
      } else if (!on && command != 'l') {
        return;
      } else if (prefix == 0) {
        set(Oddity.INSERTING, on);
      } else {
        for (int mode : parameters) {
          switch (mode) {
            case 6 -> set(Oddity.ORIGIN, on);
            case 7 -> set(Oddity.NO_WRAPPING, !on);
            case 47, 1047, 1049 -> set(Oddity.FULL_SCREEN, on);
            default -> {}
          }
        }
      }
    }

    private void set(Oddity oddity, boolean isSet) {
      if (isSet) {
        odd.add(oddity);
      } else {
        odd.remove(oddity);
      }
    }

    /** From here on, the cursor may be anywhere. */
    private void move() {
      plainLines = 0;
      afterReturn = false;
      inNewLine = false;
    }

    private boolean moves(char prefix, List<Integer> parameters, char command) {
      if (prefix != 0) {
        return prefix == '?'
            && (command == 'h' || command == 'l')
            && parameters.stream().anyMatch(MOVING_MODES::contains);
      }
      return switch (command) {
        // At the end of the last line, nothing can be erased after the cursor.
        case 'J', 'K' -> returned || afterReturn || parameters.getFirst() != 0;
        case 'h', 'l' -> parameters.contains(4);
        default -> MOVING_CODES.indexOf(command) >= 0;
      };
    }
  }
}
