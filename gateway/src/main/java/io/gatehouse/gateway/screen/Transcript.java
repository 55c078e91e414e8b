package io.gatehouse.gateway.screen;

import io.gatehouse.gateway.session.WindowSize;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns endless output of programs into the lines that a person would have seen, and passes them on
 * as they come.
 *
 * <p>Lines that scroll off the screen are passed on and forgotten, so a transcript needs memory for
 * one screen only, and no line is lost. A {@link Screen} is made only for output that moves the
 * cursor, and given up again after a screen or two of plain lines. Most output moves no cursor, and
 * costs a tenth of the time without a screen.
 *
 * <p>Only one thread may use it.
 */
public final class Transcript {

  /** The number of characters after which the clock is read again. */
  private static final int CLOCK_STEP = 256;

  /**
   * A transcript with more characters than this, or with more than a sixteenth as many that need
   * several code points, is not worth keeping for the next answer.
   */
  private static final int LARGE = 32 * 1024;

  private final WindowSize size;
  private final OutputParser parser = new OutputParser(new Reader());

  /** The answer that is being made. */
  private final ChangedLines answer = new ChangedLines();

  /** The lines while there is no screen. */
  private final PlainLines plain;

  private @Nullable Screen screen;
  private OutputParser.@Nullable Sink onScreen;

  /** The number of plain lines since the cursor was last moved. */
  private int plainLines;

  private final ScreenSettings settings = new ScreenSettings();

  /**
   * Whether showing the output took too long. From then on, only the last text of each line is
   * shown.
   */
  private boolean simplified;

  private long patience;

  public Transcript(WindowSize size) {
    this.size = size;
    this.plain = new PlainLines(size, answer::tell);
  }

  /**
   * Begins an answer: the listener gets the text that is new or different from here on.
   *
   * @param patience how long the answer may spend on output that moves the cursor
   */
  public void begin(Consumer<String> listener, Duration patience) {
    answer.begin(lines(), listener);
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
        int run = screen == null && parser.isInText() ? addRun(output, next) : next;
        if (run > next) {
          next = run;
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

  /** Adds the plain text that begins here, and returns the index after it. */
  private int addRun(CharSequence output, int start) {
    int next = answer.isPastKnown() ? plain.addLines(output, start) : start;
    return next > start ? next : plain.addRun(output, start);
  }

  /** Ends an answer with the lines that are on the screen. */
  public void end() {
    List<String> last = lines();
    for (int i = 0; i < last.size() - 1; i++) {
      answer.tell(last.get(i), true);
    }
    answer.tell(last.getLast(), false);
    Screen current = screen;
    if (current != null) {
      current.fullScreen().ifPresent(answer::tellRows);
    }
    answer.end();
  }

  /** Whether the transcript takes too much memory to be kept for the next answer. */
  public boolean isLarge() {
    Screen current = screen;
    long characters = plain.lineLength() + answer.length();
    return characters > LARGE || (current != null && current.memory() > LARGE / 16);
  }

  /** Whether the transcript has stopped following the cursor, because this took too long. */
  public boolean isSimplified() {
    return simplified;
  }

  private List<String> lines() {
    Screen current = screen;
    if (current != null) {
      List<String> onScreen = current.lines();
      return onScreen.isEmpty() ? List.of("") : onScreen;
    }
    return plain.all();
  }

  private OutputParser.Sink onScreen() {
    if (onScreen != null) {
      return onScreen;
    }
    Screen fresh = Screen.telling(size, answer::tell);
    OutputParser.Sink sink = fresh.sink();
    plain.moveTo(sink);
    screen = fresh;
    onScreen = sink;
    plainLines = 0;
    settings.reset();
    return sink;
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
    plain.moveFrom(left);
  }

  private void simplify() {
    leaveScreen();
    simplified = true;
  }

  /** Takes the text and sequences that the parser finds. */
  private final class Reader implements OutputParser.Sink {

    // On a screen: whether the cursor has returned to the start of a line with text, or is in a
    // line that has no text yet.
    private boolean afterReturn;
    private boolean inNewLine;

    @Override
    public void text(int codePoint) {
      if (simplified || (screen == null && !plain.isReturned())) {
        plain.add(codePoint);
        return;
      }
      if (plain.isReturned() || afterReturn) {
        plainLines = 0;
      }
      afterReturn = false;
      inNewLine = false;
      onScreen().text(codePoint);
    }

    @Override
    public void control(char control) {
      if (simplified || (screen == null && isHarmless(control))) {
        plainControl(control);
      } else {
        screenControl(control);
      }
    }

    private boolean isHarmless(char control) {
      return switch (control) {
        case '\r' -> true;
        case '\n' -> plain.isReturned() || plain.isLineEmpty();
        case '\t' -> !plain.isReturned();
        case '\b', 0x0b, '\f', 0x0e -> false;
        default -> true;
      };
    }

    private void plainControl(char control) {
      switch (control) {
        case '\r' -> {
          // On a line without text, a return changes nothing.
          if (simplified || !plain.isLineEmpty()) {
            plain.returnToStart();
          }
        }
        case '\n' -> plain.endLine();
        case '\t' -> plain.add('\t');
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
          // The whole screen consists of plain lines now, so the screen is no longer needed.
          if (settings.areThoseOfNewScreen() && plainLines > 2 * size.rows()) {
            leaveScreen();
          }
        }
        case '\t' -> inNewLine = false;
        case '\b', 0x0b, '\f' -> move();
        default -> settings.control(control);
      }
    }

    @Override
    public void escape(String sequence) {
      boolean moves = CursorMoves.isMove(sequence);
      if (simplified || (!moves && onScreen == null)) {
        return;
      }
      OutputParser.Sink sink = onScreen();
      sink.escape(sequence);
      if (moves) {
        move();
      }
      settings.escape(sequence);
    }

    @Override
    public void sequence(char prefix, List<Integer> parameters, char command) {
      if (simplified) {
        return;
      }
      boolean moves =
          CursorMoves.isMove(prefix, parameters, command, plain.isReturned() || afterReturn);
      if (!moves && onScreen == null) {
        return;
      }
      OutputParser.Sink sink = onScreen();
      sink.sequence(prefix, parameters, command);
      if (moves) {
        move();
        settings.sequence(prefix, parameters, command);
      }
    }

    /** Is called when the cursor may be anywhere from now on. */
    private void move() {
      plainLines = 0;
      afterReturn = false;
      inNewLine = false;
    }
  }
}
