package io.gatehouse.documents.text;

import java.util.Optional;

/**
 * Text that is collected, with all elements within it, to be written later and not where it stands.
 */
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

  /** Begins an aside, if this class marks an aside in Tika's XHTML. */
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

  /** The whole text of the aside on one line. */
  String line() {
    return Comments.oneLine(text);
  }
}
