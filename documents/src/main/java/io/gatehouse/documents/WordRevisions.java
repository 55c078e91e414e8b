package io.gatehouse.documents;

import static io.gatehouse.documents.WordXml.columns;
import static io.gatehouse.documents.WordXml.hasProperties;
import static io.gatehouse.documents.WordXml.isMarker;
import static io.gatehouse.documents.WordXml.isOn;
import static io.gatehouse.documents.WordXml.isProperties;
import static io.gatehouse.documents.WordXml.isWord;
import static io.gatehouse.documents.WordXml.value;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Attributes;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.XMLFilterImpl;

/**
 * Leaves out of a part of a Word document (WordprocessingML, ISO/IEC 29500-1, chapter 17) what Word
 * does not show once all changes are accepted: deleted and moved text, deleted rows and cells,
 * hidden text. Where the mark at the end of a paragraph is deleted or hidden, the next paragraph
 * goes on in it.
 */
final class WordRevisions extends XMLFilterImpl {

  private static final String OTHER = "";

  private final WordParts parts;
  private final WordNotes notes;
  private final WordWriter writer = new WordWriter(this::getContentHandler);

  /** The elements around the current place, by their names in the namespace of Word. */
  private final Deque<String> path = new ArrayDeque<>();

  private final Deque<Paragraph> paragraphs = new ArrayDeque<>();

  /** For each open cell, how many columns it spans. */
  private final Deque<Integer> spans = new ArrayDeque<>();

  /** How many open elements are left out. */
  private int leftOut;

  /** How many open elements are looked at, and not passed on. */
  private int muted;

  /** An element that is held back until its properties are known. */
  private @Nullable XmlEvents held;

  private int heldDepth;
  private boolean heldIsGone;
  private int columnsBefore;

  /** Whether a paragraph waits for the next one to go on in it. */
  private boolean joining;

  private String style = "";

  WordRevisions(WordParts parts) {
    super();
    this.parts = parts;
    this.notes = new WordNotes(parts);
  }

  private static final class Paragraph {
    private final boolean isJoined;
    private boolean hasNoEnd;
    private boolean isHidden;

    Paragraph(boolean isJoined) {
      this.isJoined = isJoined;
    }
  }

  @Override
  public void startElement(String uri, String name, String qualified, Attributes attributes)
      throws SAXException {
    if (leftOut > 0) {
      leftOut++;
      return;
    }
    boolean word = isWord(uri);
    if (word) {
      writer.follow(uri, name, qualified);
    }
    String parent = path.isEmpty() ? OTHER : path.peek();
    if (held != null && path.size() == heldDepth && !(word && isProperties(name))) {
      if (heldIsGone) {
        path.pop();
        held = null;
        leftOut = 2;
        return;
      }
      release();
    }
    if (word && isLeftOut(name, parent, attributes)) {
      leftOut = 1;
      return;
    }
    if (joining && !isMarker(name)) {
      if (word && name.equals("p")) {
        joining = false;
        path.push(name);
        paragraphs.push(new Paragraph(true));
        return;
      }
      endJoining();
    }
    if (word) {
      look(name, parent, attributes);
    }
    path.push(word ? name : OTHER);
    if (held != null) {
      held.startElement(uri, name, qualified, attributes);
    } else if (muted > 0 || isOfJoined(name)) {
      muted++;
    } else if (word && hasProperties(name)) {
      hold(name).startElement(uri, name, qualified, attributes);
    } else {
      super.startElement(uri, name, qualified, notes.numbered(name, attributes));
      if (word && name.equals("commentReference")) {
        writer.text(notes.commentReference(attributes));
      }
    }
  }

  /** Deleted and moved runs, and comments and notes that nothing shown refers to. */
  private boolean isLeftOut(String name, String parent, Attributes attributes) {
    return switch (name) {
      case "del", "moveFrom" -> !parent.equals("rPr") && !parent.equals("trPr");
      case "comment", "footnote", "endnote" -> !notes.begin(name, attributes);
      default -> false;
    };
  }

  private void look(String name, String parent, Attributes attributes) {
    Paragraph paragraph = paragraphs.peek();
    switch (name) {
      case "p" -> paragraphs.push(new Paragraph(false));
      case "tc" -> spans.push(1);
      case "style" -> style = value(attributes, "styleId");
      case "basedOn" -> {
        if (parts.isHidden(value(attributes, "val"))) {
          parts.addHiddenStyle(style);
        }
      }
      case "pStyle" -> {
        if (paragraph != null && parent.equals("pPr")) {
          paragraph.isHidden = parts.isHidden(value(attributes, "val"));
        }
      }
      case "rStyle" -> heldIsGone |= isHeldProperty() && parts.isHidden(value(attributes, "val"));
      case "vanish" -> lookAtHidden(isOn(attributes), parent);
      case "del", "moveFrom" -> {
        if (isHeldProperty()) {
          heldIsGone = true;
        } else if (paragraph != null && isMarkProperty(parent)) {
          paragraph.hasNoEnd = true;
        }
      }
      case "cellDel" -> heldIsGone |= isHeldProperty();
      case "gridBefore" -> columnsBefore = isHeldProperty() ? columns(attributes) : columnsBefore;
      case "gridSpan" -> {
        if (isHeldProperty() && !spans.isEmpty()) {
          spans.pop();
          spans.push(columns(attributes));
        }
      }
      default -> {}
    }
  }

  private void lookAtHidden(boolean isHidden, String parent) {
    Paragraph paragraph = paragraphs.peek();
    if (isHeldProperty()) {
      heldIsGone = isHidden;
    } else if (paragraph != null && isMarkProperty(parent)) {
      paragraph.hasNoEnd |= isHidden;
    } else if (isHidden && parent.equals("rPr") && grandparent().equals("style")) {
      parts.addHiddenStyle(style);
    }
  }

  /** Whether the current element is a property of what is held itself, not of an older version. */
  private boolean isHeldProperty() {
    return held != null && path.size() == heldDepth + 1;
  }

  private boolean isMarkProperty(String parent) {
    return parent.equals("rPr") && grandparent().equals("pPr");
  }

  private String grandparent() {
    return path.stream().skip(1).findFirst().orElse(OTHER);
  }

  private boolean isOfJoined(String name) {
    return name.equals("pPr") && !paragraphs.isEmpty() && paragraphs.peek().isJoined;
  }

  private XmlEvents hold(String name) {
    XmlEvents events = new XmlEvents();
    held = events;
    heldDepth = path.size();
    heldIsGone = name.equals("r") && !paragraphs.isEmpty() && paragraphs.peek().isHidden;
    columnsBefore = 0;
    return events;
  }

  private void release() throws SAXException {
    XmlEvents events = held;
    held = null;
    if (events == null) {
      return;
    }
    if ("r".equals(path.peek())) {
      writeLabel();
    }
    events.sendTo(getContentHandler());
    writer.emptyCells(columnsBefore);
    columnsBefore = 0;
  }

  @Override
  public void endElement(String uri, String name, String qualified) throws SAXException {
    if (leftOut > 0) {
      leftOut--;
      return;
    }
    if (held != null && path.size() == heldDepth) {
      if (heldIsGone) {
        held = null;
        path.pop();
        return;
      }
      release();
    }
    if (joining && !isMarker(name)) {
      endJoining();
    }
    String ended = path.isEmpty() ? OTHER : path.pop();
    if (held != null) {
      held.endElement(uri, name, qualified);
      endProperties(ended);
    } else if (muted > 0) {
      muted--;
    } else if (ended.equals("p") && !paragraphs.isEmpty() && paragraphs.pop().hasNoEnd) {
      joining = true;
    } else {
      super.endElement(uri, name, qualified);
      if (ended.equals("tc") && !spans.isEmpty()) {
        writer.emptyCells(spans.pop() - 1);
      } else if (ended.equals("comment") || ended.endsWith("note")) {
        notes.end();
      }
    }
  }

  private void endProperties(String ended) throws SAXException {
    if (path.size() != heldDepth || ended.equals("tblPrEx")) {
      return;
    }
    if (heldIsGone) {
      if ("tc".equals(path.pop())) {
        spans.pop();
      }
      held = null;
      leftOut = 1;
    } else {
      release();
    }
  }

  private void endJoining() throws SAXException {
    joining = false;
    writer.end("p");
  }

  @Override
  public void characters(char[] characters, int start, int length) throws SAXException {
    if (leftOut == 0 && muted == 0) {
      if (held != null) {
        held.characters(characters, start, length);
      } else {
        super.characters(characters, start, length);
      }
    }
  }

  /** Writes the number of a comment or note before its first text. */
  private void writeLabel() throws SAXException {
    String label = notes.takeLabel();
    if (!label.isEmpty()) {
      writer.start("r");
      writer.text(label);
      writer.end("r");
    }
  }
}
