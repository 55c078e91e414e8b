package io.gatehouse.gateway.exec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Reads logs as clients and administrators do, for tests. */
final class LogReader {

  private static final ObjectMapper JSON = new ObjectMapper();

  private LogReader() {}

  static Page all(ExecutionLog log) {
    return log.page(0, OptionalInt.empty());
  }

  static String json(Page page) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      page.writeEntries(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toString(UTF_8);
  }

  /** The texts of a page's entries. Checks that each of them is an output entry. */
  static List<String> entries(Page page) {
    List<String> texts = new ArrayList<>();
    try {
      for (JsonNode entry : JSON.readTree("[" + json(page) + "]")) {
        assertThat(entry.fieldNames()).toIterable().containsExactly("type", "data");
        assertThat(entry.get("type").textValue()).isEqualTo("output");
        texts.add(entry.get("data").textValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return texts;
  }

  static String text(Page page) {
    return String.join("", entries(page));
  }

  static void append(ExecutionLog log, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    log.append(bytes, 0, bytes.length);
  }

  static List<JsonNode> lines(Path file) {
    List<JsonNode> lines = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file)) {
        lines.add(JSON.readTree(line));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }

  /** Limits that no test reaches. */
  static ExecutionLogs.Limits limits(Duration retention) {
    return new ExecutionLogs.Limits(
        ExecutionLogs.SMALLEST_MAX_SIZE,
        Long.MAX_VALUE,
        Long.MAX_VALUE,
        Long.MAX_VALUE,
        Long.MAX_VALUE,
        retention);
  }

  static List<String> fileNames(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static long diskUse(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
