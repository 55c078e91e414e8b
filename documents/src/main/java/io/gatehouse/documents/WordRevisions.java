package io.gatehouse.documents;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Attributes;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.AttributesImpl;
import org.xml.sax.helpers.XMLFilterImpl;

/**
 * Leaves out of a part of a Word document (WordprocessingML, ISO/IEC 29500-1, chapter 17) what Word
 * does not show once all changes are accepted: deleted and moved text, deleted rows and cells,
 * hidden text. Where the mark at the end of a paragraph is deleted or hidden, the next paragraph
 * goes on in it.
 *
 * <p>Comments, footnotes and endnotes get numbers, where they are referred to and before their own
 * text, which comes at the end.
 */
final class WordRevisions extends XMLFilterImpl {

  private static final Set<String> NAMESPACES =
      Set.of(
          "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
          "http://purl.oclc.org/ooxml/wordprocessingml/main");

  private static final String OTHER = "";

  /**
   * Elements that are held back until their properties are known, each with the element that holds
   * these.
   */
  private static final Set<String> HELD = Set.of("r", "tr", "tc");

  private static final Set<String> PROPERTIES = Set.of("rPr", "trPr", "tcPr", "tblPrEx");

  /** Columns of a table in Word. */
  private static final int MOST_COLUMNS = 63;

  private final WordParts parts;

  /** The elements around the current place, by their names in the namespace of Word. */
  private final Deque<String> path = new ArrayDeque<>();

  private final Deque<Paragraph> paragraphs = new ArrayDeque<>();

  /** For each open cell, how many columns it spans. */
  private final Deque<Integer> spans = new ArrayDeque<>();

  /** How many open elements are left out. */
  private int leftOut;

  /** How many open elements are looked at, and not passed on. */
  private int muted;

  private @Nullable XmlEvents held;
  private int heldDepth;
  private boolean heldIsGone;
  private int columnsBefore;

  /** Whether a paragraph waits for the next one to go on in it. */
  private boolean joining;

  private String style = "";

  /** The number that goes before the first text of a comment or note. */
  private String label = "";

  /** The namespace of the last Word element, which elements that are added get as well. */
  private String namespace = "";

  private String prefix = "";

  WordRevisions(WordParts parts) {
    super();
    this.parts = parts;
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
    boolean word = NAMESPACES.contains(uri);
    if (word) {
      namespace = uri;
      prefix = qualified.substring(0, qualified.length() - name.length());
    }
    String parent = path.isEmpty() ? OTHER : path.peek();
    if (held != null && path.size() == heldDepth && !(word && PROPERTIES.contains(name))) {
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
    } else if (word && HELD.contains(name)) {
      hold(name).startElement(uri, name, qualified, attributes);
    } else {
      super.startElement(uri, name, qualified, shown(name, attributes));
      if (word && name.equals("commentReference")) {
        write("[comment " + parts.refer("comment", id(attributes)) + "]");
      }
    }
  }

  /** Deleted and moved runs, and comments and notes that nothing shown refers to. */
  private boolean isLeftOut(String name, String parent, Attributes attributes) {
    return switch (name) {
      case "del", "moveFrom" -> !parent.equals("rPr") && !parent.equals("trPr");
      case "comment", "footnote", "endnote" -> {
        Optional<Integer> number =
            value(attributes, "type").isEmpty()
                ? parts.number(name, id(attributes))
                : Optional.empty();
        number.ifPresent(known -> label = label(name, known, value(attributes, "author")));
        yield number.isEmpty();
      }
      default -> false;
    };
  }

  private static String label(String kind, int number, String author) {
    return switch (kind) {
      case "comment" ->
          "[comment " + number + (author.isBlank() ? "" : ", " + Comments.oneLine(author)) + "] ";
      case "endnote" -> "[endnote " + number + "] ";
      default -> "[" + number + "] ";
    };
  }

  /** Elements that stand between paragraphs and have no text. */
  private static boolean isMarker(String name) {
    return name.endsWith("RangeStart")
        || name.endsWith("RangeEnd")
        || name.startsWith("bookmark")
        || name.startsWith("perm")
        || name.equals("proofErr");
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
      case "gridBefore" -> columnsBefore = isHeldProperty() ? number(attributes) : columnsBefore;
      case "gridSpan" -> {
        if (isHeldProperty() && !spans.isEmpty()) {
          spans.pop();
          spans.push(number(attributes));
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
    if (!label.isEmpty() && path.peek() != null && path.peek().equals("r")) {
      String text = label;
      label = "";
      start("r");
      write(text);
      end("r");
    }
    events.sendTo(getContentHandler());
    emptyCells(columnsBefore);
    columnsBefore = 0;
  }

  /** Returns the attributes of a reference, with the number that is shown in place of the id. */
  private Attributes shown(String name, Attributes attributes) {
    String kind =
        name.equals("footnoteReference")
            ? "footnote"
            : name.equals("endnoteReference") ? "endnote" : "";
    if (kind.isEmpty()) {
      return attributes;
    }
    AttributesImpl numbered = new AttributesImpl(attributes);
    int number = parts.refer(kind, id(attributes));
    for (int i = 0; i < numbered.getLength(); i++) {
      if (numbered.getLocalName(i).equals("id")) {
        numbered.setValue(i, kind.equals("endnote") ? "endnote " + number : "" + number);
      }
    }
    return numbered;
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
        emptyCells(spans.pop() - 1);
      } else if (ended.equals("comment") || ended.endsWith("note")) {
        label = "";
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
    end("p");
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

  private void emptyCells(int count) throws SAXException {
    for (int i = 0; i < count; i++) {
      start("tc");
      end("tc");
    }
  }

  private void write(String text) throws SAXException {
    start("t");
    super.characters(text.toCharArray(), 0, text.length());
    end("t");
  }

  private void start(String name) throws SAXException {
    super.startElement(namespace, name, prefix + name, new AttributesImpl());
  }

  private void end(String name) throws SAXException {
    super.endElement(namespace, name, prefix + name);
  }

  private static String id(Attributes attributes) {
    return value(attributes, "id");
  }

  private static String value(Attributes attributes, String name) {
    for (int i = 0; i < attributes.getLength(); i++) {
      if (attributes.getLocalName(i).equals(name)) {
        return attributes.getValue(i);
      }
    }
    return "";
  }

  private static int number(Attributes attributes) {
    String value = value(attributes, "val");
    return value.matches("[0-9]{1,3}") ? Math.min(Integer.parseInt(value), MOST_COLUMNS) : 1;
  }

  private static boolean isOn(Attributes attributes) {
    return !Set.of("0", "false", "off").contains(value(attributes, "val"));
  }
}
