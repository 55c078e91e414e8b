package io.gatehouse.gateway.files.patch;

import io.gatehouse.gateway.files.patch.Patch.Add;
import io.gatehouse.gateway.files.patch.Patch.Change;
import io.gatehouse.gateway.files.patch.Patch.Delete;
import io.gatehouse.gateway.files.patch.Patch.Hunk;
import io.gatehouse.gateway.files.patch.Patch.Kind;
import io.gatehouse.gateway.files.patch.Patch.Line;
import io.gatehouse.gateway.files.patch.Patch.Update;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads the text of a patch, between {@code *** Begin Patch} and {@code *** End Patch}. Coding
 * models are trained on this format; OpenAI's Codex has its grammar in the documentation of its
 * tool apply_patch.
 */
public final class PatchParser {

  private static final String BEGIN = "*** Begin Patch";
  private static final String END = "*** End Patch";
  private static final String ADD = "*** Add File: ";
  private static final String DELETE = "*** Delete File: ";
  private static final String UPDATE = "*** Update File: ";
  private static final String MOVE = "*** Move to: ";
  private static final String END_OF_FILE = "*** End of File";

  /** Line numbers of a unified diff, which models write too. The lines of the hunk count. */
  private static final Pattern NUMBERS = Pattern.compile("-\\d+(,\\d+)? \\+\\d+(,\\d+)?( @@.*)?");

  /** A hunk and a file cost memory and several requests to the login. */
  private static final int MOST_FILES = 100;

  private static final int MOST_HUNKS = 1_000;

  private final List<String> lines;
  private int at;

  /**
   * The first line at or after {@link #at} that is not blank, as far as it was looked for. Each
   * line is looked at once, however many blank lines there are.
   */
  private int next;

  private PatchParser(List<String> lines) {
    this.lines = lines;
  }

  /**
   * Reads a patch.
   *
   * @throws FileException INVALID if the text is no patch, with the line that is wrong
   */
  public static Patch parse(String text) {
    // A carriage return by itself ends no line, and is part of a file's text.
    List<String> lines = List.of(text.replace("\r\n", "\n").split("\n", -1));
    int first = 0;
    while (first < lines.size() && !lines.get(first).strip().equals(BEGIN)) {
      // Models put a mark of code or of a here-document around a patch.
      first++;
    }
    if (first == lines.size()) {
      throw new FileException(
          Reason.INVALID, "The patch has no line '" + BEGIN + "'; it has to begin with it");
    }
    PatchParser parser = new PatchParser(lines);
    parser.at = first + 1;
    return parser.patch();
  }

  private Patch patch() {
    List<Change> changes = new ArrayList<>();
    int hunks = 0;
    while (!isEnd()) {
      if (line().isBlank()) {
        at++;
        continue;
      }
      Change change = change();
      changes.add(change);
      hunks += change instanceof Update update ? update.hunks().size() : 0;
      if (changes.size() > MOST_FILES || hunks > MOST_HUNKS) {
        throw new FileException(
            Reason.TOO_LARGE,
            "A patch must have at most %d files and %d hunks; send several patches"
                .formatted(MOST_FILES, MOST_HUNKS));
      }
    }
    if (changes.isEmpty()) {
      throw new FileException(
          Reason.INVALID,
          "The patch names no file; it must have at least one, such as '*** Update File: PATH'");
    }
    return new Patch(changes);
  }

  private boolean isEnd() {
    if (at >= lines.size()) {
      throw new FileException(
          Reason.INVALID, "The patch has no line '" + END + "'; it may have been cut short");
    }
    return line().strip().equals(END);
  }

  private String line() {
    return lines.get(at);
  }

  private FileException wrong(String what) {
    return new FileException(Reason.INVALID, "Line " + (at + 1) + " of the patch: " + what);
  }

  private Change change() {
    String header = line().strip();
    for (String kind : List.of(ADD, DELETE, UPDATE)) {
      if (header.startsWith(kind.strip())) {
        String path = path(header, kind);
        at++;
        return switch (kind) {
          case ADD -> new Add(path, added());
          case DELETE -> new Delete(path);
          default -> new Update(path, destination(), hunks());
        };
      }
    }
    throw wrong(
        "each file must begin with '%s', '%s' or '%s' and its path"
            .formatted(ADD.strip(), UPDATE.strip(), DELETE.strip()));
  }

  private String path(String header, String kind) {
    String path = header.substring(kind.strip().length()).strip();
    if (path.isEmpty() || path.indexOf('\0') >= 0) {
      throw wrong("the path is missing, or has a NUL character in it");
    }
    return path;
  }

  private boolean isSection() {
    return isEnd() || (line().startsWith("*** ") && !line().strip().equals(END_OF_FILE));
  }

  private String added() {
    StringBuilder text = new StringBuilder();
    for (; !isSection(); at++) {
      if (line().startsWith("+")) {
        text.append(line(), 1, line().length()).append('\n');
      } else if (!line().isBlank()) {
        throw wrong("each line of a new file must begin with '+'");
      } else if (!isBlankToTheNextSection()) {
        text.append('\n');
      }
    }
    return text.toString();
  }

  private boolean isBlankToTheNextSection() {
    next = Math.max(next, at);
    while (next < lines.size() && lines.get(next).isBlank()) {
      next++;
    }
    return next == lines.size() || lines.get(next).startsWith("*** ");
  }

  private Optional<String> destination() {
    if (isEnd() || !line().strip().startsWith(MOVE.strip())) {
      return Optional.empty();
    }
    String path = path(line().strip(), MOVE);
    at++;
    return Optional.of(path);
  }

  private List<Hunk> hunks() {
    List<Hunk> hunks = new ArrayList<>();
    while (!isSection()) {
      if (line().isBlank() && isBlankToTheNextSection()) {
        at++;
        continue;
      }
      hunks.add(hunk());
    }
    return hunks;
  }

  private Hunk hunk() {
    List<String> anchors = new ArrayList<>();
    for (; !isSection() && line().startsWith("@@"); at++) {
      String anchor = line().substring(2).strip();
      if (!anchor.isEmpty() && !NUMBERS.matcher(anchor).matches()) {
        anchors.add(line().startsWith("@@ ") ? line().substring(3) : line().substring(2));
      }
    }
    List<Line> content = new ArrayList<>();
    boolean endsFile = false;
    while (!isSection() && !line().startsWith("@@") && !endsFile) {
      if (line().strip().equals(END_OF_FILE)) {
        endsFile = true;
      } else if (!line().isBlank() || !isBlankToTheNextSection()) {
        content.add(content());
      }
      at++;
    }
    if (content.isEmpty()) {
      throw wrong("a hunk must have lines that begin with ' ', '-' or '+'");
    }
    return new Hunk(anchors, content, endsFile);
  }

  private Line content() {
    if (line().isEmpty()) {
      // Models and editors drop the blank at the end of the line.
      return new Line(Kind.KEPT, "");
    }
    String text = line().substring(1);
    return switch (line().charAt(0)) {
      case ' ' -> new Line(Kind.KEPT, text);
      case '-' -> new Line(Kind.REMOVED, text);
      case '+' -> new Line(Kind.ADDED, text);
      default -> throw wrong("each line of a hunk must begin with ' ', '-', '+' or '@@'");
    };
  }
}
