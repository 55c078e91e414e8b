package io.gatehouse.gateway.exec;

import static io.gatehouse.gateway.exec.LogReader.append;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.gatehouse.gateway.screen.Transcript;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class PlainPageTest {

  @TempDir Path directory;

  private final PlainPages pages = new PlainPages();
  private ExecutionLog log;

  @BeforeEach
  void open() {
    log =
        new ExecutionLogs(directory, LogReader.limits(Duration.ofDays(1)), Clock.systemUTC())
            .open("x", "true", "alice");
  }

  private PlainPage page(long offset, OptionalInt tail) {
    Page bytes = log.page(offset, tail);
    Optional<Transcript> known = pages.take("x", bytes.first());
    return new PlainPage(
        "x",
        "alice",
        known.isEmpty() ? log.page(offset, tail, PlainPage.BEFORE) : bytes,
        known,
        pages,
        false);
  }

  private static String text(PlainPage page) throws IOException {
    StringBuilder text = new StringBuilder();
    page.write(text::append);
    return text.toString();
  }

  private String from(long offset) throws IOException {
    return text(page(offset, OptionalInt.empty()));
  }

  @Test
  void countsEntriesAsTheLogDoes() throws IOException {
    append(log, "one\r\n");
    append(log, "10%");
    append(log, "\r20%");
    assertThat(from(0)).isEqualTo("one\n20%");
    append(log, "\r30%");
    PlainPage next = page(3, OptionalInt.empty());
    assertThat(text(next)).isEqualTo("30%");
    assertThat(next.nextOffset()).isEqualTo(4);
    assertThat(next.truncated()).isFalse();
    assertThat(from(4)).isEmpty();
    append(log, "\r\nend");
    assertThat(from(4)).isEqualTo("\nend");
    assertThat(from(99)).isEmpty();
  }

  @Test
  void knowsTheScreenBeforeAnOffsetThatNobodyHasReadTo() throws IOException {
    append(log, "one\r\n");
    append(log, "two\r\n");
    append(log, "\u001b[1A\u001b[2KTWO");
    append(log, " and more");
    assertThat(from(2)).isEqualTo("TWO and more");
    assertThat(from(3)).isEqualTo(" and more");
    assertThat(text(page(0, OptionalInt.of(1)))).isEqualTo(" and more");
    assertThat(page(0, OptionalInt.of(1)).truncated()).isTrue();
  }

  @Test
  void goesOnAfterEntriesThatWereDropped() throws IOException {
    String line = "x".repeat(70) + "\r\n";
    for (int i = 0; i < 2000; i++) {
      append(log, line.repeat(10));
    }
    PlainPage all = page(0, OptionalInt.empty());
    String text = text(all);
    assertThat(all.truncated()).isTrue();
    assertThat(text).startsWith("x".repeat(70) + "\n").hasSizeGreaterThan(100_000);
    assertThat(from(1999)).isEqualTo(("x".repeat(70) + "\n").repeat(10));
  }

  @Test
  void writesALongOutputInPieces() throws IOException {
    append(log, "line\r\n".repeat(20_000));
    List<String> pieces = new ArrayList<>();
    page(0, OptionalInt.empty()).write(pieces::add);
    assertThat(pieces).hasSizeGreaterThan(3).allMatch(piece -> piece.length() < 32 * 1024);
    assertThat(String.join("", pieces)).isEqualTo("line\n".repeat(20_000));
  }

  @Test
  void keepsNothingWhereTheClientIsGone() throws IOException {
    append(log, "line\r\n".repeat(20_000));
    PlainPage page = page(0, OptionalInt.empty());
    assertThatIOException()
        .isThrownBy(
            () ->
                page.write(
                    text -> {
                      throw new IOException("gone");
                    }));
    assertThat(pages.take("x", page.nextOffset())).isEmpty();
    assertThat(from(0)).hasSize(100_000);
    // Each answer gives its place back, also one that failed.
    for (int i = 0; i < 40; i++) {
      assertThat(from(page.nextOffset())).isEmpty();
    }
    assertThat(pages.begin("alice")).isPositive();
  }

  @Test
  void tellsTheLastTextOfLinesWhereNoTimeIsLeft() throws IOException {
    assertThat(pages.begin("alice")).isPositive();
    assertThat(pages.begin("alice")).isPositive();
    assertThat(pages.begin("bob")).isPositive();
    append(log, "a\r\n");
    append(log, "10%\r100%\r\nb\u001b[1mc\r\n");
    assertThat(from(0)).isEqualTo("a\n100%\nbc\n");
    assertThat(pages.take("x", 2)).isEmpty();
  }
}
