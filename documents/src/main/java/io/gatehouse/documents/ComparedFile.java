package io.gatehouse.documents;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One of two files that are compared.
 *
 * @param notices sentences for the user about what is not compared
 */
record ComparedFile(Path path, List<String> lines, List<String> notices) {

  /**
   * The largest file, in bytes. This and the next two limits are those of Open Terminal. A
   * comparison of larger files would be too long to read.
   */
  private static final long LARGEST = 50L * 1024 * 1024;

  private static final int MOST_CHARACTERS = 2_000_000;
  private static final int MOST_LINES = 50_000;

  /** Control characters that occur in text: those for layout and those for terminals. */
  private static final String LAYOUT = "\t\n\u000b\f\r\u001b";

  private static final String MARK = "\uFEFF";

  /**
   * A file, and how to read it.
   *
   * @param reading {@code document}, or the encoding of a plain text
   */
  record Source(Path path, String reading) {

    boolean isDocument() {
      return reading.equals("document");
    }
  }

  static ComparedFile read(Source source) throws IOException, UnreadableException {
    Path path = source.path();
    String name = String.valueOf(path.getFileName());
    try {
      if (Files.size(path) > LARGEST) {
        throw new UnreadableException("File exceeds the 50 MiB comparison limit.");
      }
      boolean document = source.isDocument();
      String text =
          (document ? documentText(path) : plainText(path, Charset.forName(source.reading())))
              .replace("\r\n", "\n");
      List<String> lines = text.replace('\r', '\n').lines().toList();
      if (text.length() > MOST_CHARACTERS || lines.size() > MOST_LINES) {
        throw new UnreadableException(
            "Extracted text exceeds the comparison limit (2 million characters / 50,000 lines)."
                + " Nothing was truncated.");
      }
      return new ComparedFile(
          path,
          lines,
          document
              ? List.of("Text only; formatting, images and layout are not compared.")
              : List.of());
    } catch (UnreadableException refusal) {
      throw new UnreadableException(name + ": " + refusal.getMessage(), refusal);
    }
  }

  private static String documentText(Path path) throws IOException, UnreadableException {
    StringWriter text = new StringWriter();
    DocumentText.write(path, text, MOST_CHARACTERS);
    if (text.toString().isBlank()) {
      throw new UnreadableException("No extractable text. This document cannot be compared.");
    }
    return text.toString();
  }

  /**
   * Decodes the file. Bytes that are no text in the encoding become U+FFFD, as in {@code GET
   * /files/read}.
   */
  private static String plainText(Path path, Charset charset)
      throws IOException, UnreadableException {
    String text = new String(Files.readAllBytes(path), charset);
    if (text.chars().anyMatch(c -> c < ' ' && LAYOUT.indexOf(c) < 0)) {
      throw new UnreadableException("Unsupported binary file.");
    }
    return text.startsWith(MARK) ? text.substring(1) : text;
  }

  void describe(JsonGenerator json, String field) throws IOException {
    json.writeObjectFieldStart(field);
    json.writeStringField("path", path.toString());
    json.writeStringField("name", String.valueOf(path.getFileName()));
    json.writeArrayFieldStart("notices");
    for (String notice : notices) {
      json.writeString(notice);
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
