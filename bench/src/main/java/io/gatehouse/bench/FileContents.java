package io.gatehouse.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.bench.client.Checksum;
import io.gatehouse.bench.client.TerminalServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The files that {@link FileBenchmark} works with, and the checks of what a server says of them.
 */
final class FileContents {

  /** The folder with a thousand empty files. */
  static final String FOLDER = "many";

  /** The folder with 20,000 empty files. */
  static final String LARGE_FOLDER = "very-many";

  /** The text of one megabyte. */
  static final String TEXT = "text";

  /** The text of one kilobyte. */
  static final String SMALL_TEXT = "small-text";

  /** The folder with 20,000 small files in it and below, of which one contains the needle. */
  static final String TREE = "tree";

  static final String NEEDLE = "needle";

  /** The folder with half of the tree. */
  static final String ARCHIVED = TREE + "/half";

  private static final int ENTRIES = 1000;
  private static final int MORE_ENTRIES = 20_000;
  private static final int LINE = 76;
  private static final int TEXT_LINES = 13_158;
  private static final int SMALL_LINES = 13;
  private static final int FILES_OF_HALF = 10_000;
  private static final int FILES_IN_FOLDER = 100;
  private static final String WORDS = "some words here\n".repeat(40);

  private final TerminalServer server;
  private final String user;

  FileContents(TerminalServer server, String user) {
    this.server = server;
    this.user = user;
  }

  /** Makes the files, and fails if the server does not show them as they are. */
  void make() {
    server.run(
        user,
        String.join(
            " && ",
            folder(FOLDER, ENTRIES),
            folder(LARGE_FOLDER, MORE_ENTRIES),
            text(TEXT, TEXT_LINES),
            text(SMALL_TEXT, SMALL_LINES),
            "head -c 100000000 /dev/urandom > large"));
    server.run(user, half("half") + " && " + half("other") + " && echo needle >> tree/other/0/0");
    requireEntries(FOLDER, ENTRIES);
    requireEntries(LARGE_FOLDER, MORE_ENTRIES);
    requireText(TEXT, text());
    requireText(SMALL_TEXT, lines(SMALL_LINES));
    requireNeedle();
    requireArchive();
    Checksum.requireView(server, user, "large");
  }

  private static String folder(String name, int entries) {
    return "mkdir -p %s && (cd %s && seq -f entry-%%05g %d | xargs touch)"
        .formatted(name, name, entries);
  }

  private static String text(String name, int lines) {
    return "yes %s | head -n %d > %s".formatted("x".repeat(LINE - 1), lines, name);
  }

  private static String half(String name) {
    return """
    mkdir -p $(seq -f tree/%s/%%g 0 %d) && words=$(yes some words here | head -n 40) &&
    for ((i = 0; i < %d; i++)); do echo "$words" > tree/%s/$((i / %d))/$i; done\
    """
        .formatted(name, FILES_OF_HALF / FILES_IN_FOLDER - 1, FILES_OF_HALF, name, FILES_IN_FOLDER);
  }

  /** The text of one megabyte. */
  static String text() {
    return lines(TEXT_LINES);
  }

  private static String lines(int count) {
    return ("x".repeat(LINE - 1) + "\n").repeat(count);
  }

  /** Fails if this file does not have the text of one megabyte. */
  void requireWritten(String path) {
    Checksum.requireFile(
        server, user, path, new ByteArrayInputStream(text().getBytes(StandardCharsets.UTF_8)));
  }

  private void requireEntries(String folder, int count) {
    JsonNode entries = server.ask(user, "GET", "/files/list?directory=" + folder).path("entries");
    long known =
        entries
            .valueStream()
            .map(entry -> entry.path("name").asText())
            .filter(name -> name.matches("entry-[0-9]{5}"))
            .distinct()
            .count();
    require(entries.size() == count && known == count, "the list of " + folder);
  }

  private void requireText(String path, String expected) {
    String text = server.ask(user, "GET", "/files/read?path=" + path).path("content").asText();
    require(text.equals(expected), "the text of " + path);
  }

  private void requireNeedle() {
    JsonNode matches =
        server.ask(user, "GET", "/files/grep?path=" + TREE + "&query=" + NEEDLE).path("matches");
    require(
        matches.size() == 1 && matches.path(0).toString().contains("tree/other/0/0"),
        "the matches of grep");
  }

  private void requireArchive() {
    try {
      Path file = Files.createTempFile("gatehouse-bench", ".zip");
      try (OutputStream target = Files.newOutputStream(file)) {
        server.post(user, "/files/archive", Map.of("paths", List.of(ARCHIVED)), target);
      }
      try (ZipFile archive = new ZipFile(file.toFile())) {
        byte[] expected = WORDS.getBytes(StandardCharsets.UTF_8);
        long whole =
            archive.stream()
                .filter(entry -> !entry.isDirectory())
                .filter(entry -> Arrays.equals(content(archive, entry), expected))
                .count();
        require(whole == FILES_OF_HALF, "the archive, which has " + whole + " whole files,");
      } finally {
        Files.delete(file);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static byte[] content(ZipFile archive, ZipEntry entry) {
    try (var stream = archive.getInputStream(entry)) {
      return stream.readAllBytes();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void require(boolean right, String what) {
    if (!right) {
      throw new IllegalStateException(what + " is wrong");
    }
  }
}
