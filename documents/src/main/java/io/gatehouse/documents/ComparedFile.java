package io.gatehouse.documents;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.tika.detect.AutoDetectReader;
import org.apache.tika.exception.TikaException;

/**
 * One of two files that are compared.
 *
 * @param notices what the comparison does not see
 */
record ComparedFile(Path path, List<String> lines, List<String> notices) {

  /** Limits of Open Terminal, above which a comparison helps nobody. */
  private static final long LARGEST = 50L * 1024 * 1024;

  private static final int MOST_CHARACTERS = 2_000_000;
  private static final int MOST_LINES = 50_000;

  private static final Set<String> DOCUMENTS =
      Set.of(
          "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "rtf", "odt", "ods", "odp", "epub",
          "eml", "msg");

  static ComparedFile read(Path path) throws IOException, UnreadableException {
    String name = String.valueOf(path.getFileName());
    try {
      if (Files.size(path) > LARGEST) {
        throw new UnreadableException("File exceeds the 50 MiB comparison limit.");
      }
      boolean document = DOCUMENTS.contains(extension(name));
      String text = (document ? documentText(path) : plainText(path)).replace("\r\n", "\n");
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

  private static String extension(String name) {
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private static String documentText(Path path) throws IOException, UnreadableException {
    StringWriter text = new StringWriter();
    DocumentText.write(path, text, MOST_CHARACTERS);
    if (text.toString().isBlank()) {
      throw new UnreadableException("No extractable text. This document cannot be compared.");
    }
    return text.toString();
  }

  private static String plainText(Path path) throws IOException, UnreadableException {
    StringWriter text = new StringWriter();
    if (Files.size(path) > 0) {
      try (AutoDetectReader reader = new AutoDetectReader(Files.newInputStream(path))) {
        reader.transferTo(text);
      } catch (TikaException unknown) {
        throw new UnreadableException("Unsupported binary file or text encoding.", unknown);
      }
    }
    if (text.toString().chars().anyMatch(c -> c < ' ' && "\n\r\t\f".indexOf(c) < 0)) {
      throw new UnreadableException("Unsupported binary file.");
    }
    return text.toString();
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
