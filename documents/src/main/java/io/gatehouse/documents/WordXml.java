package io.gatehouse.documents;

import java.util.Set;
import org.xml.sax.Attributes;

/**
 * Tells what elements and attributes of Word are (WordprocessingML, ISO/IEC 29500-1, chapter 17),
 * by their names without a prefix.
 */
final class WordXml {

  private static final Set<String> NAMESPACES =
      Set.of(
          "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
          "http://purl.oclc.org/ooxml/wordprocessingml/main");

  private static final Set<String> WITH_PROPERTIES = Set.of("r", "tr", "tc");
  private static final Set<String> PROPERTIES = Set.of("rPr", "trPr", "tcPr", "tblPrEx");

  /** Columns of a table in Word. */
  private static final int MOST_COLUMNS = 63;

  private WordXml() {}

  /** Whether the namespace is one of Word's. */
  static boolean isWord(String uri) {
    return NAMESPACES.contains(uri);
  }

  /** Whether the element may have properties for which it is not shown. */
  static boolean hasProperties(String name) {
    return WITH_PROPERTIES.contains(name);
  }

  /** Whether the element holds the properties of a run, a row or a cell. */
  static boolean isProperties(String name) {
    return PROPERTIES.contains(name);
  }

  /** Whether the element stands between paragraphs and has no text. */
  static boolean isMarker(String name) {
    return name.endsWith("RangeStart")
        || name.endsWith("RangeEnd")
        || name.startsWith("bookmark")
        || name.startsWith("perm")
        || name.equals("proofErr");
  }

  /** The value of an attribute; empty if the element does not have it. */
  static String value(Attributes attributes, String name) {
    for (int i = 0; i < attributes.getLength(); i++) {
      if (attributes.getLocalName(i).equals(name)) {
        return attributes.getValue(i);
      }
    }
    return "";
  }

  static String id(Attributes attributes) {
    return value(attributes, "id");
  }

  /** The number of columns that the element gives; 1 if it gives none. */
  static int columns(Attributes attributes) {
    String value = value(attributes, "val");
    return value.matches("[0-9]{1,3}") ? Math.min(Integer.parseInt(value), MOST_COLUMNS) : 1;
  }

  /** Whether a property that may be switched off is on. */
  static boolean isOn(Attributes attributes) {
    return !Set.of("0", "false", "off").contains(value(attributes, "val"));
  }
}
