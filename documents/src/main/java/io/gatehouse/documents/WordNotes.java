package io.gatehouse.documents;

import io.gatehouse.documents.text.Comments;
import java.util.Optional;
import org.xml.sax.Attributes;
import org.xml.sax.helpers.AttributesImpl;

/**
 * Writes the numbers of the comments, footnotes and endnotes of a Word document: at the places that
 * refer to them, and before their own text, which comes at the end.
 */
final class WordNotes {

  private final WordParts parts;

  /** The number that goes before the first text of a comment or note. */
  private String label = "";

  WordNotes(WordParts parts) {
    this.parts = parts;
  }

  /** Begins the text of a comment or note, and returns whether text that is shown refers to it. */
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

  /**
   * Returns the label to write before the next text. It is empty except before the first text of
   * each comment or note.
   */
  String takeLabel() {
    String taken = label;
    label = "";
    return taken;
  }

  /** Ends the text of a comment or note, which may have had no text. */
  void end() {
    label = "";
  }

  /** The text that is written at a place that refers to a comment. */
  String commentReference(Attributes attributes) {
    return "[comment " + parts.refer("comment", WordXml.id(attributes)) + "]";
  }

  /**
   * Returns the attributes of an element. If the element refers to a note, the number that is shown
   * replaces the id.
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
