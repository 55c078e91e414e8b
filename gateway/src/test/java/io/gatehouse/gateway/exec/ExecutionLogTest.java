package io.gatehouse.gateway.exec;

import static io.gatehouse.gateway.exec.LogReader.all;
import static io.gatehouse.gateway.exec.LogReader.append;
import static io.gatehouse.gateway.exec.LogReader.diskUse;
import static io.gatehouse.gateway.exec.LogReader.entries;
import static io.gatehouse.gateway.exec.LogReader.fileNames;
import static io.gatehouse.gateway.exec.LogReader.json;
import static io.gatehouse.gateway.exec.LogReader.lines;
import static io.gatehouse.gateway.exec.LogReader.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExecutionLogTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-03-01T10:00:00.250Z"), ZoneOffset.UTC);
  private static final long SMALL = ExecutionLogs.SMALLEST_MAX_SIZE;

  @TempDir Path directory;

  private final LogSpace space =
      new LogSpace(
          new LogSpace.Limits(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE));

  @Test
  void storesWhatTheCommandPrintedLineByLine() throws IOException {
    ExecutionLog log = open(SMALL);

    append(log, "hello\r\n");
    append(log, "tab\t \"quoted\" \\ \u001b[0m \u00e9 \ud83d\ude00 </script>");

    assertThat(json(all(log)))
        .isEqualTo(
            "{\"type\":\"output\",\"data\":\"hello\\r\\n\"},{\"type\":\"output\",\"data\":"
                + "\"tab\\t \\\"quoted\\\" \\\\ \\u001B[0m \u00e9 \ud83d\ude00 </script>\"}");
  }

  @Test
  void beginsWithWhatIsStartedAndEndsWithHowItEnded() {
    ExecutionLog log = open(SMALL);
    append(log, "out");

    log.finish(OptionalInt.of(130), "killed");

    List<JsonNode> lines = lines(segment(0));
    assertThat(lines).extracting(JsonNode::toString).hasSize(3);
    assertThat(lines.get(0).toString())
        .isEqualTo(
            "{\"type\":\"start\",\"command\":\"echo \\\"x\\\"\\n\",\"account\":\"alice\","
                + "\"ts\":1.77235920025E9}");
    assertThat(lines.get(1).toString()).isEqualTo("{\"type\":\"output\",\"data\":\"out\"}");
    assertThat(lines.get(2).toString())
        .isEqualTo(
            "{\"type\":\"end\",\"exit_code\":130,\"status\":\"killed\",\"ts\":1.77235920025E9}");
  }

  @Test
  void writesTimesAsPlainNumbers() throws IOException {
    open(SMALL).finish(OptionalInt.empty(), "done");

    assertThat(Files.readString(segment(0)))
        .contains("\"ts\":1772359200.250}\n")
        .contains("\"exit_code\":null");
  }

  @Test
  void countsNeitherStartNorEndAsEntries() {
    ExecutionLog log = open(SMALL);
    assertThat(all(log).nextOffset()).isZero();
    assertThat(json(all(log))).isEmpty();

    append(log, "one");
    log.finish(OptionalInt.of(0), "done");

    assertThat(all(log).nextOffset()).isEqualTo(1);
    assertThat(entries(all(log))).containsExactly("one");
  }

  @Test
  void createsOneFileForACommandThatPrintsNothing() {
    open(SMALL).finish(OptionalInt.of(0), "done");

    assertThat(fileNames(directory)).containsExactly("x.0.jsonl");
    assertThat(lines(segment(0))).hasSize(2);
  }

  @Test
  void keepsACharacterForTheEntryThatCompletesIt() {
    ExecutionLog log = open(SMALL);
    byte[] face = "\ud83d\ude00".getBytes(UTF_8);

    log.append(face, 0, 1);
    log.append(face, 1, 2);
    assertThat(all(log).nextOffset()).isZero();
    log.append(face, 3, 1);

    assertThat(entries(all(log))).containsExactly("\ud83d\ude00");
  }

  @Test
  void replacesACharacterThatIsNeverCompleted() {
    ExecutionLog log = open(SMALL);
    log.append(new byte[] {'a', (byte) 0xe2, (byte) 0x82}, 0, 3);

    log.finish(OptionalInt.of(0), "done");

    assertThat(entries(all(log))).containsExactly("a", "\ufffd");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void decodesPiecesAsADecoderDoesTheWhole(long seed) throws IOException {
    Random random = new Random(seed);
    ExecutionLog log = open(50_000_000);
    byte[] bytes = mostlyText(random, 200_000);

    int position = 0;
    while (position < bytes.length) {
      int most = random.nextInt(4) == 0 ? 70_000 : 1 + random.nextInt(9);
      int length = Math.min(random.nextInt(most + 1), bytes.length - position);
      log.append(bytes, position, length);
      position += length;
    }
    log.finish(OptionalInt.of(0), "done");

    String whole =
        UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE)
            .decode(ByteBuffer.wrap(bytes))
            .toString();
    assertThat(text(all(log)).equals(whole)).isTrue();
    assertThat(all(log).truncated()).isFalse();
  }

  @Test
  void boundsTheSizeOfEntriesAndLines() throws IOException {
    ExecutionLog log = open(50_000_000);
    log.append(new byte[1_000_000], 0, 1_000_000);

    assertThat(entries(all(log))).allMatch(entry -> entry.length() <= EntryEncoder.LARGEST_ENTRY);
    assertThat(text(all(log))).isEqualTo("\0".repeat(1_000_000));
    assertThat(Files.readAllLines(segment(0))).allMatch(line -> line.length() < Page.BUFFER_SIZE);
  }

  @Test
  void answersFromAnyOffset() {
    ExecutionLog log = numbered(10_000, 50_000_000);

    for (int offset : new int[] {0, 1, 2339, 2340, 2341, 4999, 9998, 9999}) {
      Page page = log.page(offset, OptionalInt.empty());
      assertThat(entries(page)).isEqualTo(numbers(offset, 10_000));
      assertThat(page.nextOffset()).isEqualTo(10_000);
      assertThat(page.truncated()).isFalse();
    }
  }

  @Test
  void answersNothingBeyondTheEnd() {
    ExecutionLog log = numbered(10, SMALL);

    for (long offset : new long[] {10, 11, Long.MAX_VALUE}) {
      Page page = log.page(offset, OptionalInt.of(3));
      assertThat(json(page)).isEmpty();
      assertThat(page.nextOffset()).isEqualTo(10);
      assertThat(page.truncated()).isFalse();
    }
  }

  @Test
  void cutsToTheLastEntries() {
    ExecutionLog log = numbered(10_000, 50_000_000);

    Page page = log.page(0, OptionalInt.of(3));
    assertThat(entries(page)).containsExactly("9997", "9998", "9999");
    assertThat(page.truncated()).isTrue();
    assertThat(page.nextOffset()).isEqualTo(10_000);

    Page enough = log.page(9_998, OptionalInt.of(3));
    assertThat(entries(enough)).containsExactly("9998", "9999");
    assertThat(enough.truncated()).isFalse();

    Page none = log.page(0, OptionalInt.of(0));
    assertThat(json(none)).isEmpty();
    assertThat(none.truncated()).isTrue();
  }

  @Test
  void refusesNegativeOffsets() {
    ExecutionLog log = open(SMALL);
    assertThatThrownBy(() -> log.page(-1, OptionalInt.empty()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> log.page(0, OptionalInt.of(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsNoMoreThanACheckpointBeforeWhatItReturns() {
    Segment segment = new Segment(segment(0), unusedFile(), 100, 10);
    for (int i = 0; i < 100_000; i++) {
      segment.extend(1, 28);
    }

    for (long entry : new long[] {0, 100, 101, 2_440, 2_441, 77_777, 100_099}) {
      Page.Range range = segment.rangeFrom(entry);
      long wanted = Math.max(entry, 100);
      assertThat(range.position() + range.skip() * 28).isEqualTo(10 + (wanted - 100) * 28);
      assertThat(range.skip() * 28).isLessThan(Segment.CHECKPOINT_DISTANCE + 28);
    }
  }

  @Test
  void dropsTheOldestAndKeepsTheNumbers() {
    ExecutionLog log = numbered(40_000, SMALL);

    Page page = all(log);
    List<String> kept = entries(page);

    assertThat(page.truncated()).isTrue();
    assertThat(page.nextOffset()).isEqualTo(40_000);
    assertThat(kept).hasSizeGreaterThan((int) (SMALL * 6 / 8 / 34));
    int oldest = Integer.parseInt(kept.getFirst());
    assertThat(kept).isEqualTo(numbers(oldest, 40_000));
    assertThat(log.page(oldest, OptionalInt.empty()).truncated()).isFalse();
    assertThat(log.page(oldest - 1, OptionalInt.empty()).truncated()).isTrue();
    assertThat(entries(log.page(oldest + 7, OptionalInt.empty())))
        .isEqualTo(numbers(oldest + 7, 40_000));
  }

  @Test
  void keepsTheStartRecordWhenItsSegmentIsDropped() {
    ExecutionLog log = numbered(40_000, SMALL);
    log.finish(OptionalInt.of(0), "done");

    assertThat(lines(segment(0))).hasSize(1);
    assertThat(lines(segment(0)).getFirst().get("command").textValue()).isEqualTo("echo \"x\"\n");
  }

  @Test
  void staysWithinTheSmallestSize() {
    ExecutionLog log = open(SMALL);
    byte[] control = new byte[32 * 1024];
    for (int i = 0; i < 100; i++) {
      log.append(control, 0, 1 + i * 300);
      assertThat(diskUse(directory)).isLessThanOrEqualTo(SMALL);
    }
  }

  @Test
  void keepsOutputBesideAHugeCommand() {
    ExecutionLog log = log(SMALL, ExecutionLogTest::createFile);
    log.start("#".repeat(1_000_000), "alice");

    for (int i = 0; i < 20_000; i++) {
      append(log, Integer.toString(i));
    }

    assertThat(diskUse(directory)).isLessThan(1_000_000 + SMALL);
    assertThat(entries(all(log))).contains("19999").hasSizeGreaterThan(100);
    assertThat(lines(segment(0)).getFirst().get("command").textValue()).hasSize(1_000_000);
  }

  @Test
  void showsWhatThereWasWhenThePageWasMade() {
    ExecutionLog log = open(SMALL);
    append(log, "one");
    Page page = all(log);

    append(log, "two");

    assertThat(page.nextOffset()).isEqualTo(1);
    assertThat(entries(page)).containsExactly("one");
    assertThat(entries(log.page(page.nextOffset(), OptionalInt.empty()))).containsExactly("two");
  }

  @Test
  void cutsAPageWhoseEntriesAreDroppedBeforeItIsWritten() {
    ExecutionLog log = numbered(5_000, SMALL);
    Page page = all(log);
    assertThat(page.truncated()).isFalse();

    for (int i = 5_000; i < 20_000; i++) {
      append(log, Integer.toString(i));
    }

    assertThat(entries(page)).isEmpty();
    assertThat(page.truncated()).isTrue();
    assertThat(page.nextOffset()).isEqualTo(5_000);
  }

  @Test
  void cutsAPageWhoseEntriesAreDroppedWhileItIsWritten() throws IOException {
    ExecutionLog log = open(800_000);
    byte[] block = "b".repeat(1000).getBytes(UTF_8);
    for (int i = 0; i < 700; i++) {
      log.append(block, 0, block.length);
    }
    Page page = all(log);
    ByteArrayOutputStream received = new ByteArrayOutputStream();

    page.writeEntries(
        new OutputStream() {
          private int writes;

          @Override
          public void write(int b) {
            throw new AssertionError("one byte at a time");
          }

          @Override
          public void write(byte[] buffer, int offset, int length) {
            received.write(buffer, offset, length);
            assertThat(length).isLessThanOrEqualTo(Page.BUFFER_SIZE);
            // The client reads slowly. Meanwhile its segment and those behind it are dropped.
            if (writes++ == 0) {
              for (int i = 0; i < 500; i++) {
                log.append(block, 0, block.length);
              }
            }
          }
        });

    assertThat(page.truncated()).isTrue();
    String entry = "{\"type\":\"output\",\"data\":\"" + "b".repeat(1000) + "\"}";
    String[] entries = received.toString(UTF_8).split("(?<=}),");
    assertThat(entries).hasSizeBetween(100, 650).allMatch(entry::equals);
  }

  @Test
  void freesTheDiskWhileSomebodyReadsSlowly() throws IOException {
    ExecutionLog log = open(800_000);
    byte[] block = "b".repeat(1000).getBytes(UTF_8);
    for (int i = 0; i < 700; i++) {
      log.append(block, 0, block.length);
    }

    List<String> heldOpen = new ArrayList<>();
    all(log)
        .writeEntries(
            new OutputStream() {
              @Override
              public void write(int b) {}

              @Override
              public void write(byte[] buffer, int offset, int length) {
                heldOpen.addAll(openFiles(directory));
              }
            });

    // Only the writer's files are open: the first segment, because of its record, and the last one.
    assertThat(heldOpen.stream().distinct()).containsExactlyInAnyOrder("x.0.jsonl", "x.7.jsonl");
    log.finish(OptionalInt.of(0), "done");
    assertThat(openFiles(directory)).isEmpty();
  }

  @Test
  void passesTheFailureOfTheClientOn() {
    ExecutionLog log = numbered(10, SMALL);

    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };

    assertThatIOException()
        .isThrownBy(() -> all(log).writeEntries(broken))
        .withMessage("Broken pipe");
  }

  @Test
  void servesReadersWhileItIsWrittenAndDropped() throws Exception {
    ExecutionLog log = open(SMALL);
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Long>> readers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        int tail = i;
        Callable<Long> reader = () -> readUntil(done, log, tail);
        readers.add(threads.submit(reader));
      }
      for (int i = 0; i < 100_000; i++) {
        append(log, Integer.toString(i));
      }
      log.finish(OptionalInt.of(0), "done");
      done.set(true);
      for (Future<Long> reader : readers) {
        assertThat(reader.get()).isEqualTo(100_000);
      }
    }
  }

  /** Follows a log by its offsets as a client does, and checks each answer by itself. */
  private static long readUntil(AtomicBoolean done, ExecutionLog log, int tail) {
    long next = 0;
    boolean isLast = false;
    while (!isLast) {
      isLast = done.get();
      Page page = log.page(next, tail == 0 ? OptionalInt.empty() : OptionalInt.of(tail * 100));
      List<String> entries = entries(page);
      int missing = (int) (page.nextOffset() - next) - entries.size();
      assertThat(page.truncated()).isEqualTo(missing > 0);
      assertThat(entries).allMatch(entry -> Integer.parseInt(entry) >= 0);
      assertThat(entries).isSortedAccordingTo((a, b) -> Integer.parseInt(a) - Integer.parseInt(b));
      assertThat(entries).doesNotHaveDuplicates();
      next = page.nextOffset();
    }
    return next;
  }

  @Test
  void keepsInMemoryWhatAFullDiskDoesNotTake() {
    ExecutionLog log = log(SMALL, onFullDisk(1));
    log.start("yes", "alice");
    for (int i = 0; i < 50; i++) {
      append(log, "y".repeat(1000) + i);
    }
    long stored = lines(segment(0)).size() - 1L;
    assertThat(stored).isBetween(20L, 40L);

    append(log, "more");
    log.finish(OptionalInt.of(0), "done");

    Page page = all(log);
    assertThat(page.nextOffset()).isEqualTo(51);
    assertThat(page.truncated()).isFalse();
    assertThat(entries(page)).hasSize(51).startsWith("y".repeat(1000) + 0).endsWith("more");
    assertThat(entries(log.page(stored - 1, OptionalInt.empty())))
        .startsWith("y".repeat(1000) + (stored - 1), "y".repeat(1000) + stored);
    assertThat(entries(log.page(0, OptionalInt.of(2))))
        .containsExactly("y".repeat(1000) + 49, "more");
    assertThat(log.page(51, OptionalInt.empty()).truncated()).isFalse();
  }

  @Test
  void answersFromMemoryWhereTheDiskWasFullFromTheStart() {
    ExecutionLog log = log(SMALL, onFullDisk(0));
    log.start("echo works", "alice");
    append(log, "works\r\n");
    log.append(new byte[] {(byte) 0xe2}, 0, 1);
    log.finish(OptionalInt.of(0), "done");

    assertThat(entries(all(log))).containsExactly("works\r\n", "\ufffd");
    assertThat(all(log).truncated()).isFalse();
    assertThat(log.page(1, OptionalInt.empty()).nextOffset()).isEqualTo(2);
  }

  @Test
  void keepsTheNewestInMemoryAndSaysWhatIsMissing() {
    ExecutionLog log = log(SMALL, onFullDisk(1));
    log.start("seq", "alice");
    String filler = "-".repeat(1000);
    for (int i = 0; i < 2000; i++) {
      append(log, i + filler);
    }
    long stored = lines(segment(0)).size() - 1L;

    Page page = all(log);
    List<String> kept = entries(page);
    assertThat(page.truncated()).isTrue();
    assertThat(page.nextOffset()).isEqualTo(2000);
    assertThat(kept).startsWith("0" + filler).endsWith("1999" + filler);
    assertThat((long) kept.size()).isBetween(stored + 200, stored + 256);
    long oldest = 2000 - (kept.size() - stored);
    assertThat(kept.get((int) stored)).isEqualTo(oldest + filler);
    assertThat(log.page(oldest, OptionalInt.empty()).truncated()).isFalse();
    assertThat(log.page(oldest - 1, OptionalInt.empty()).truncated()).isTrue();
    assertThat(entries(log.page(oldest - 1, OptionalInt.empty()))).startsWith(oldest + filler);
  }

  @Test
  void dropsTheOldestOfAllLogsFromMemory() {
    SpareMemory memory = new SpareMemory(20_000);
    ExecutionLog first = log(SMALL, onFullDisk(0), "x", memory);
    first.start("true", "alice");
    append(first, "one");
    Page page = all(first);
    ExecutionLog second = log(SMALL, path -> new RandomAccessFile("/dev/full", "rw"), "y", memory);
    second.start("true", "alice");
    append(second, "#".repeat(15_000));
    assertThat(entries(all(first))).containsExactly("one");

    append(second, "#".repeat(10_000));

    assertThat(entries(page)).as("asked for before").isEmpty();
    assertThat(page.truncated()).isTrue();
    append(first, "two");
    assertThat(entries(all(first))).containsExactly("two");
    assertThat(all(first).truncated()).isTrue();
    assertThat(first.page(1, OptionalInt.empty()).truncated()).isFalse();
    assertThat(text(all(second))).isEqualTo("#".repeat(10_000));
  }

  @Test
  void takesAHalfWrittenLineBack() throws IOException {
    ExecutionLog log = log(SMALL, ExecutionLogTest::createFileThatFillsUp);
    log.start("yes", "alice");
    append(log, "one");

    append(log, "y".repeat(5000));

    assertThat(Files.readString(segment(0))).endsWith("\"data\":\"one\"}\n");
    assertThat(entries(all(log))).containsExactly("one", "y".repeat(5000));
    assertThat(all(log).truncated()).isFalse();
  }

  @Test
  void runsWithoutALogWhenNoneCanBeCreated() throws IOException {
    Files.writeString(segment(0), "somebody else's");
    ExecutionLog log = log(SMALL, ExecutionLogTest::createFile);

    log.start("true", "alice");
    append(log, "out");
    log.finish(OptionalInt.of(0), "done");

    assertThat(entries(all(log))).containsExactly("out");
    assertThat(all(log).truncated()).isFalse();
    assertThat(Files.readString(segment(0))).isEqualTo("somebody else's");
  }

  @Test
  void answersTruncatedWhenItsFilesWereTaken() throws IOException {
    ExecutionLog log = numbered(10, SMALL);
    log.finish(OptionalInt.of(0), "done");
    Files.delete(segment(0));

    Page page = all(log);
    assertThat(json(page)).isEmpty();
    assertThat(page.truncated()).isTrue();
    assertThat(page.nextOffset()).isEqualTo(10);
  }

  @Test
  void answersTruncatedWhenAFileCannotBeRead() throws IOException {
    ExecutionLog log = numbered(10, SMALL);
    log.finish(OptionalInt.of(0), "done");
    Files.delete(segment(0));
    Files.createDirectory(segment(0));

    Page page = all(log);
    assertThat(json(page)).isEmpty();
    assertThat(page.truncated()).isTrue();
  }

  @Test
  void survivesTheInterruptOfItsWriterAndReaders() {
    ExecutionLog log = open(SMALL);
    Thread.currentThread().interrupt();

    append(log, "one");
    assertThat(entries(all(log))).containsExactly("one");
    assertThat(Thread.interrupted()).isTrue();

    append(log, "two");
    assertThat(entries(all(log))).containsExactly("one", "two");
    assertThat(all(log).truncated()).isFalse();
  }

  @Test
  void endsOnce() {
    int[] finished = {0};
    ExecutionLog log =
        new ExecutionLog(
            "x",
            "alice",
            disk(SMALL, ExecutionLogTest::createFile),
            new EntryEncoders(),
            new SpareMemory(),
            CLOCK,
            () -> finished[0]++);
    log.start("true", "alice");

    log.finish(OptionalInt.of(0), "done");
    log.finish(OptionalInt.of(1), "killed");
    append(log, "late");

    assertThat(finished[0]).isEqualTo(1);
    assertThat(lines(segment(0))).hasSize(2);
    assertThat(all(log).nextOffset()).isZero();
  }

  @Test
  void takesHalfASurrogatePairInACommand() {
    ExecutionLog log = log(SMALL, ExecutionLogTest::createFile);
    log.start("echo \ud83d", "alice");
    log.finish(OptionalInt.of(0), "done");

    assertThat(all(log).truncated()).isFalse();
    assertThat(lines(segment(0))).hasSize(2);
  }

  private ExecutionLog open(long maxSize) {
    ExecutionLog log = log(maxSize, ExecutionLogTest::createFile);
    log.start("echo \"x\"\n", "alice");
    return log;
  }

  private ExecutionLog log(long maxSize, SegmentFiles files) {
    return log(maxSize, files, "x");
  }

  private ExecutionLog log(long maxSize, SegmentFiles files, String id) {
    return log(maxSize, files, id, new SpareMemory());
  }

  private ExecutionLog log(long maxSize, SegmentFiles files, String id, SpareMemory memory) {
    return new ExecutionLog(
        id, "alice", disk(maxSize, files), new EntryEncoders(), memory, CLOCK, () -> {});
  }

  private LogDisk disk(long maxSize, SegmentFiles files) {
    return new LogDisk(directory, maxSize, maxSize / 8, files, space);
  }

  private ExecutionLog numbered(int count, long maxSize) {
    ExecutionLog log = open(maxSize);
    for (int i = 0; i < count; i++) {
      append(log, Integer.toString(i));
    }
    return log;
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(Integer::toString).toList();
  }

  private Path segment(int number) {
    return directory.resolve("x." + number + ".jsonl");
  }

  private RandomAccessFile unusedFile() {
    try {
      return createFile(directory.resolve("unused"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static RandomAccessFile createFile(Path path) throws IOException {
    Files.createFile(path);
    return new RandomAccessFile(path.toFile(), "rw");
  }

  /** The segments from a number on are on a disk that is full. */
  private static SegmentFiles onFullDisk(int number) {
    return path ->
        path.endsWith("x." + number + ".jsonl")
            ? new RandomAccessFile("/dev/full", "rw")
            : createFile(path);
  }

  /** A file that takes half of a large write. */
  private static RandomAccessFile createFileThatFillsUp(Path path) throws IOException {
    return new RandomAccessFile(path.toFile(), "rw") {
      @Override
      public void write(byte[] buffer, int offset, int length) throws IOException {
        if (length > 1000) {
          super.write(buffer, offset, length / 2);
          throw new IOException("No space left on device");
        }
        super.write(buffer, offset, length);
      }
    };
  }

  private static List<String> openFiles(Path directory) {
    List<String> names = new ArrayList<>();
    for (String descriptor : fileNames(Path.of("/proc/self/fd"))) {
      try {
        Path target = Files.readSymbolicLink(Path.of("/proc/self/fd", descriptor));
        if (target.startsWith(directory)) {
          names.add(target.getFileName().toString());
        }
      } catch (IOException e) {
        // The descriptor was closed meanwhile, as is the one that listed them.
      }
    }
    return names;
  }

  /** Text of all lengths of UTF-8, with some noise and some torn characters. */
  private static byte[] mostlyText(Random random, int length) {
    byte[] bytes = new byte[length];
    String[] characters = {"a", "\n", "\u0001", "\u00e9", "\u20ac", "\ud83d\ude00", "\ufffd"};
    int position = 0;
    while (position < length) {
      byte[] next =
          switch (random.nextInt(10)) {
            case 0 -> new byte[] {(byte) random.nextInt(256)};
            case 1 -> new byte[] {(byte) (0xc0 + random.nextInt(64)), (byte) random.nextInt(256)};
            case 2 -> torn("\ud83d\ude00", random);
            default -> characters[random.nextInt(characters.length)].getBytes(UTF_8);
          };
      int count = Math.min(next.length, length - position);
      System.arraycopy(next, 0, bytes, position, count);
      position += count;
    }
    return bytes;
  }

  private static byte[] torn(String character, Random random) {
    byte[] bytes = character.getBytes(UTF_8);
    return Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
  }
}
