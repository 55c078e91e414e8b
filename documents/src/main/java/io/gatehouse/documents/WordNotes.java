package io.gatehouse.documents;

import io.gatehouse.documents.text.Comments;
import java.util.Optional;
import org.xml.sax.Attributes;
import org.xml.sax.helpers.AttributesImpl;

/**
 * Numbers the comments, footnotes and endnotes of a Word document, where they are referred to and
 * before their own text, which comes at the end.
 */
final class WordNotes {

  private final WordParts parts;

  /** The number that goes before the first text of a comment or note. */
  private String label = "";

  WordNotes(WordParts parts) {
    this.parts = parts;
  }

  /** Begins the text of a comment or note, and returns whether anything shown refers to it. */
  boolean begin(String kind, Attributes attributes) {
    Optional<Integer> number =
        WordXml.value(attributes, "type").isEmpty()
            ? parts.number(kind, WordXml.id(attributes))
            : Optional.empty();
    number.ifPresent(known -> label = label(kind, known, WordXml.value(attributes, "author")));
    return number.isPresent();
  }

  private static String label(String kind, int number, String author) {
    return switch (kind) {
      case "comment" ->
          "[comment " + number + (author.isBlank() ? "" : ", " + Comments.oneLine(author)) + "] ";
      case "endnote" -> "[endnote " + number + "] ";
      default -> "[" + number + "] ";
    };
  }

  /** What goes before the text that is written next; empty but for the first text of each note. */
  String takeLabel() {
    String taken = label;
    label = "";
    return taken;
  }

  /** Ends the text of a comment or note, which may have had no text. */
  void end() {
    label = "";
  }

  /** The text that stands where a comment is referred to. */
  String commentReference(Attributes attributes) {
    return "[comment " + parts.refer("comment", WordXml.id(attributes)) + "]";
  }

  /**
   * Returns the attributes of an element. Those of a reference to a note get the number that is
   * shown in place of the id.
   */
  Attributes numbered(String name, Attributes attributes) {
    String kind =
        name.equals("footnoteReference")
            ? "footnote"
            : name.equals("endnoteReference") ? "endnote" : "";
    if (kind.isEmpty()) {
      return attributes;
    }
    AttributesImpl numbered = new AttributesImpl(attributes);
    int number = parts.refer(kind, WordXml.id(attributes));
    for (int i = 0; i < numbered.getLength(); i++) {
      if (numbered.getLocalName(i).equals("id")) {
        numbered.setValue(i, kind.equals("endnote") ? "endnote " + number : "" + number);
      }
    }
    return numbered;
  }
}
