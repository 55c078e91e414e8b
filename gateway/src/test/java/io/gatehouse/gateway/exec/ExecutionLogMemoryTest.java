package io.gatehouse.gateway.exec;

import static io.gatehouse.gateway.exec.LogReader.all;
import static io.gatehouse.gateway.exec.LogReader.append;
import static io.gatehouse.gateway.exec.LogReader.diskUse;
import static io.gatehouse.gateway.exec.LogReader.entries;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Tests how much memory the logs of commands take. No other test runs at the same time, because the
 * heap in use is that of the whole process.
 */
@Isolated
@Timeout(60)
class ExecutionLogMemoryTest {

  private static final long SMALL = ExecutionLogs.SMALLEST_MAX_SIZE;

  @TempDir Path directory;

  private final LogSpace space =
      new LogSpace(
          new LogSpace.Limits(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE));

  @Test
  void staysWithinItsSizeWithoutGrowingTheHeap() {
    long maxSize = 1_000_000;
    ExecutionLog log = open(maxSize);
    byte[] line = "0123456789abcdef".repeat(2048).getBytes(UTF_8);
    byte[] control = new byte[32 * 1024];
    long before = usedHeap();

    for (int i = 0; i < 6_400; i++) {
      log.append(i % 100 == 0 ? control : line, 0, line.length);
      if (i % 64 == 0) {
        assertThat(diskUse(directory)).isLessThanOrEqualTo(maxSize);
      }
    }

    assertThat(all(log).nextOffset()).isEqualTo(6_400L * 4);
    assertThat(diskUse(directory)).isBetween(maxSize / 2, maxSize);
    assertThat(usedHeap() - before).isLessThan(4_000_000);
    log.finish(OptionalInt.of(0), "done");
    assertThat(diskUse(directory)).isLessThanOrEqualTo(maxSize);
  }

  @Test
  void keepsAnIndexOfAFewKilobytesForManyTinyEntries() {
    ExecutionLog log = open(50_000_000);
    byte[] one = {'x'};
    long before = usedHeap();

    for (int i = 0; i < 1_000_000; i++) {
      log.append(one, 0, 1);
    }

    assertThat(usedHeap() - before).isLessThan(1_000_000);
    assertThat(entries(log.page(0, OptionalInt.of(2)))).containsExactly("x", "x");
    assertThat(entries(log.page(999_999, OptionalInt.empty()))).containsExactly("x");
  }

  @Test
  void growsNoFurtherInMemoryThanAllowed() {
    SpareMemory memory = new SpareMemory();
    long before = usedHeap();
    List<ExecutionLog> logs = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      ExecutionLog log =
          log(SMALL, path -> new RandomAccessFile("/dev/full", "rw"), "full" + i, memory);
      log.start("yes", "alice");
      for (int j = 0; j < 40; j++) {
        append(log, "y".repeat(10_000));
      }
      log.finish(OptionalInt.of(0), "done");
      logs.add(log);
    }
    assertThat(usedHeap() - before).isLessThan(SpareMemory.MOST + 12_000_000);
    assertThat(entries(all(logs.getFirst()))).isEmpty();
    assertThat(entries(all(logs.getLast()))).hasSizeGreaterThan(20);
  }

  private ExecutionLog open(long maxSize) {
    ExecutionLog log = log(maxSize, ExecutionLogMemoryTest::createFile, "x", new SpareMemory());
    log.start("yes", "alice");
    return log;
  }

  private ExecutionLog log(long maxSize, SegmentFiles files, String id, SpareMemory memory) {
    LogDisk disk = new LogDisk(directory, maxSize, maxSize / 8, files, space);
    return new ExecutionLog(
        id, "alice", disk, new EntryEncoders(), memory, Clock.systemUTC(), () -> {});
  }

  private static RandomAccessFile createFile(Path path) throws IOException {
    Files.createFile(path);
    return new RandomAccessFile(path.toFile(), "rw");
  }

  /** The bytes of the heap in use. */
  private static long usedHeap() {
    // The serial collector removes all that is unused only at each fourth collection.
    for (int i = 0; i < 4; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
