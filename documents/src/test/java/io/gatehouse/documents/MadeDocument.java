package io.gatehouse.documents;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Makes documents part by part, and reads them. */
final class MadeDocument {

  private static final String TYPES = "application/vnd.openxmlformats-officedocument.";
  private static final String RELATION =
      "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
  private static final String WORD =
      " xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'";
  private static final String OASIS = "urn:oasis:names:tc:opendocument:xmlns:";

  private MadeDocument() {}

  static String textOf(Path file) throws IOException, UnreadableException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    DocumentText.write(file, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  /** The text without the empty lines. */
  static String linesOf(Path file) throws IOException, UnreadableException {
    return textOf(file).replaceAll("[ \\t]*\\R(\\s*\\R)*", "\n").replaceAll("^\\n|\\n$", "");
  }

  /** The first part has to be first in the archive. */
  static Path zip(Path file, Map<String, String> parts) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, String> part : parts.entrySet()) {
        zip.putNextEntry(new ZipEntry(part.getKey()));
        zip.write(part.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return file;
  }

  /**
   * A Word document.
   *
   * @param body the content of w:body
   * @param others the content of other parts, such as styles, comments and footnotes, by the parts'
   *     names
   */
  static Path word(Path file, String body, Map<String, String> others) throws IOException {
    StringBuilder types =
        new StringBuilder(
                "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>")
            .append(
                "<Default Extension='rels'"
                    + " ContentType='application/vnd.openxmlformats-package.relationships+xml'/>")
            .append(override("document", "document.main"));
    StringBuilder relations = new StringBuilder(relationships());
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("[Content_Types].xml", "");
    others.forEach(
        (name, content) -> {
          types.append(override(name, name));
          relations
              .append("<Relationship Id='" + name + "' Target='" + name + ".xml' Type='")
              .append(RELATION + name + "'/>");
          parts.put(
              "word/" + name + ".xml", "<w:" + name + WORD + ">" + content + "</w:" + name + ">");
        });
    parts.put("[Content_Types].xml", types + "</Types>");
    parts.put(
        "_rels/.rels",
        relationships()
            + "<Relationship Id='d' Target='word/document.xml' Type='"
            + RELATION
            + "officeDocument'/></Relationships>");
    parts.put("word/_rels/document.xml.rels", relations + "</Relationships>");
    parts.put(
        "word/document.xml", "<w:document" + WORD + "><w:body>" + body + "</w:body></w:document>");
    return zip(file, parts);
  }

  private static String relationships() {
    return "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>";
  }

  private static String override(String part, String type) {
    return "<Override PartName='/word/"
        + part
        + ".xml' ContentType='"
        + TYPES
        + "wordprocessingml."
        + type
        + "+xml'/>";
  }

  /**
   * A document of LibreOffice.
   *
   * @param type text, spreadsheet or presentation
   * @param styles the content of office:automatic-styles
   * @param body the content of the element of the type
   */
  static Path open(Path file, String type, String styles, String body) throws IOException {
    StringBuilder content =
        new StringBuilder("<office:document-content xmlns:dc='http://purl.org/dc/elements/1.1/'");
    for (String name : new String[] {"office", "text", "table", "style"}) {
      content.append(" xmlns:" + name + "='" + OASIS + name + ":1.0'");
    }
    content
        .append("><office:automatic-styles>" + styles + "</office:automatic-styles><office:body>")
        .append("<office:" + type + ">" + body + "</office:" + type + ">")
        .append("</office:body></office:document-content>");
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("mimetype", "application/vnd.oasis.opendocument." + type);
    parts.put("content.xml", content.toString());
    return zip(file, parts);
  }

  /** An EPUB book with one paragraph. */
  static Path book(Path file, String paragraph) throws IOException {
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("mimetype", "application/epub+zip");
    parts.put(
        "META-INF/container.xml",
        "<container xmlns='urn:oasis:names:tc:opendocument:xmlns:container' version='1.0'>"
            + "<rootfiles><rootfile full-path='c.opf'"
            + " media-type='application/oebps-package+xml'/></rootfiles></container>");
    parts.put(
        "c.opf",
        "<package xmlns='http://www.idpf.org/2007/opf'><manifest><item id='c'"
            + " href='c.xhtml' media-type='application/xhtml+xml'/></manifest><spine>"
            + "<itemref idref='c'/></spine></package>");
    parts.put(
        "c.xhtml",
        "<html xmlns='http://www.w3.org/1999/xhtml'><body><p>" + paragraph + "</p></body></html>");
    return zip(file, parts);
  }
}
