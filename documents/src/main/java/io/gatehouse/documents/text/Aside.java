package io.gatehouse.documents.text;

import java.util.Optional;

/** Text that is collected for later instead of written, with all elements within it. */
final class Aside {

  /** The kinds of text that are collected. */
  enum Kind {
    COMMENT,
    NOTE,
    BESIDE_CELLS,
    LEFT_OUT
  }

  private final Kind kind;
  private final StringBuilder text = new StringBuilder();
  private int depth = 1;

  private Aside(Kind kind) {
    this.kind = kind;
  }

  /** Begins an aside, if an element of this class is one in Tika's XHTML. */
  static Optional<Aside> begin(String type) {
    return switch (type) {
      case "annotation" -> Optional.of(new Aside(Kind.COMMENT));
      case "note" -> Optional.of(new Aside(Kind.NOTE));
      case "outside" -> Optional.of(new Aside(Kind.BESIDE_CELLS));
      case "threaded-comment" -> Optional.of(new Aside(Kind.LEFT_OUT));
      default -> Optional.empty();
    };
  }

  void startElement() {
    depth++;
    text.append(' ');
  }

  /** Ends an element, and returns whether it was the aside itself. */
  boolean endElement() {
    return --depth == 0;
  }

  void append(String more) {
    text.append(more);
  }

  Kind kind() {
    return kind;
  }

  /** All of its text on one line. */
  String line() {
    return Comments.oneLine(text);
  }
}
