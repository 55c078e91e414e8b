package io.gatehouse.gateway.exec;

import static io.gatehouse.gateway.exec.LogReader.all;
import static io.gatehouse.gateway.exec.LogReader.append;
import static io.gatehouse.gateway.exec.LogReader.entries;
import static io.gatehouse.gateway.exec.LogReader.fileNames;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.gateway.support.MovableTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExecutionLogsTest {

  private static final Duration RETENTION = Duration.ofDays(7);
  // A time that is longer ago than the retention, whenever this test runs.
  private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

  @TempDir Path temporary;
  private final MovableTime time = new MovableTime();
  private Path directory;
  private Path alice;
  private ExecutionLogs logs;

  @BeforeEach
  void create() {
    directory = temporary.resolve("state/logs");
    alice = directory.resolve("alice");
    logs = logs(directory, RETENTION);
  }

  @Test
  void keepsLogsToTheGatewayAlone() throws IOException {
    ExecutionLog log = logs.open("20260301-100000-abcdef", "id", "alice");
    for (int i = 0; i < 2000; i++) {
      append(log, "x");
    }

    assertThat(permissions(directory)).isEqualTo("rwx------");
    assertThat(permissions(alice)).isEqualTo("rwx------");
    assertThat(permissions(temporary.resolve("state"))).isEqualTo("rwx------");
    assertThat(fileNames(alice)).hasSizeGreaterThan(1);
    for (String name : fileNames(alice)) {
      assertThat(permissions(alice.resolve(name))).isEqualTo("rw-------");
    }
  }

  @Test
  void closesADirectoryThatWasOpenToOthers() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));

    logs(directory, RETENTION);

    assertThat(permissions(directory)).isEqualTo("rwx------");
  }

  @Test
  void saysWhichDirectoryCannotBeHad() throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));

    assertThatThrownBy(() -> logs(file, RETENTION))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage("the directory for logs, " + file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../x", "a/b", "a.0.jsonl", "a b", "a\n", "\u00e9"})
  void refusesAnIdThatIsNoFileName(String id) {
    assertThatIllegalArgumentException().isThrownBy(() -> logs.open(id, "true", "alice"));
    assertThat(fileNames(directory)).isEmpty();
  }

  @Test
  void refusesASecondLogOfOneExecution() {
    logs.open("a", "true", "alice");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> logs.open("a", "true", "bob"))
        .withMessage("execution a has a log already");
  }

  @Test
  void refusesALimitTooSmallForOneEntry() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExecutionLogs.Limits(262_143, 1, 1, 1, 1, RETENTION))
        .withMessage("the size of a log is at least 262144 bytes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> logs(directory, Duration.ofSeconds(-1)))
        .withMessage("the retention of logs is not negative");
  }

  @Test
  void neverWritesThroughALinkAtItsPlace() throws IOException {
    Path target = Files.writeString(temporary.resolve("target"), "untouched");
    Files.createDirectories(alice);
    Files.createSymbolicLink(alice.resolve("a.0.jsonl"), target);

    ExecutionLog log = logs.open("a", "true", "alice");
    append(log, "out");

    assertThat(Files.readString(target)).isEqualTo("untouched");
    assertThat(entries(all(log))).containsExactly("out");
  }

  @Test
  void sweepsWhatEndedLongerAgoThanTheRetention() {
    finished("old");
    time.advance(RETENTION.plusSeconds(1));
    finished("new");

    assertThat(logs.sweep()).isEqualTo(1);

    assertThat(fileNames(alice)).containsExactly("new.0.jsonl");
  }

  @Test
  void sweepsTheLogsOfAnEarlierGateway() throws IOException {
    finished("old");
    finished("new");
    age("old.0.jsonl");

    assertThat(logs(directory, RETENTION).sweep()).isEqualTo(1);
    assertThat(fileNames(alice)).containsExactly("new.0.jsonl");
  }

  @Test
  void sweepsTheLogsOfAGatewayThatHadNoFolders() throws IOException {
    Files.writeString(directory.resolve("old.0.jsonl"), "x");
    Files.setLastModifiedTime(directory.resolve("old.0.jsonl"), FileTime.from(LONG_AGO));

    assertThat(logs(directory, RETENTION).sweep()).isEqualTo(1);
    assertThat(directory.resolve("old.0.jsonl")).doesNotExist();
  }

  @Test
  void sweepsALogAsAWhole() throws IOException {
    ExecutionLog log = logs.open("a", "yes", "alice");
    for (int i = 0; i < 2000; i++) {
      append(log, "x");
    }
    log.finish(OptionalInt.of(0), "done");
    age("a.0.jsonl");

    ExecutionLogs next = logs(directory, RETENTION);
    assertThat(next.sweep()).isZero();
    assertThat(fileNames(alice)).containsExactly("a.0.jsonl", "a.1.jsonl");
    assertThat(logs.sweep()).isZero();

    time.advance(RETENTION.plusSeconds(1));
    assertThat(logs.sweep()).isEqualTo(2);
    assertThat(fileNames(alice)).isEmpty();
    assertThat(logs.bytes()).isZero();
  }

  @Test
  void neverSweepsAnOpenLog() {
    ExecutionLog log = logs.open("quiet", "sleep 1000000", "alice");
    append(log, "begun");
    time.advance(RETENTION.multipliedBy(2));

    assertThat(logs.sweep()).isZero();
    assertThat(entries(all(log))).containsExactly("begun");

    log.finish(OptionalInt.of(0), "done");
    time.advance(RETENTION.plusSeconds(1));
    assertThat(logs.sweep()).isEqualTo(1);
  }

  @Test
  void readsItsDirectoryOnceOnly() throws IOException {
    assertThat(logs.sweep()).isZero();
    Files.createDirectories(alice);
    Files.writeString(alice.resolve("later.0.jsonl"), "x");
    age("later.0.jsonl");

    assertThat(logs.sweep()).isZero();
    assertThat(fileNames(alice)).containsExactly("later.0.jsonl");
  }

  @Test
  void neitherFollowsNorRemovesWhatIsNoLog() throws IOException {
    Files.createDirectories(alice);
    Path target = Files.writeString(temporary.resolve("target"), "bob's");
    Files.setLastModifiedTime(target, FileTime.from(LONG_AGO));
    Path folder = Files.createDirectory(temporary.resolve("folder"));
    Files.writeString(folder.resolve("in.0.jsonl"), "bob's");
    Files.setLastModifiedTime(folder.resolve("in.0.jsonl"), FileTime.from(LONG_AGO));
    Files.createSymbolicLink(directory.resolve("bob"), folder);
    Files.createSymbolicLink(alice.resolve("link.0.jsonl"), target);
    Files.createSymbolicLink(alice.resolve("dangling.0.jsonl"), temporary.resolve("none"));
    Files.createSymbolicLink(alice.resolve("tree.0.jsonl"), temporary);
    Files.createDirectory(alice.resolve("directory.0.jsonl"));
    String[] files = {
      "a.jsonl", "a.x.jsonl", "a.0.json", ".0.jsonl", "a b.0.jsonl", "a.0.jsonl.gz", "a.b.0.jsonl"
    };
    for (String name : files) {
      Files.createFile(alice.resolve(name));
    }
    for (String name : fileNames(alice)) {
      if (!Files.isSymbolicLink(alice.resolve(name))) {
        age(name);
      }
    }
    int before = fileNames(alice).size();

    assertThat(logs(directory, Duration.ZERO).sweep()).isZero();

    assertThat(fileNames(alice)).hasSize(before);
    assertThat(Files.readString(target)).isEqualTo("bob's");
    assertThat(folder.resolve("in.0.jsonl")).exists();
  }

  @Test
  void sweepsTheOtherFilesOfALogThatAlsoHasALink() throws IOException {
    Path target = Files.writeString(temporary.resolve("target"), "bob's");
    finished("a");
    age("a.0.jsonl");
    Files.createSymbolicLink(alice.resolve("a.1.jsonl"), target);

    assertThat(logs(directory, RETENTION).sweep()).isEqualTo(1);

    assertThat(fileNames(alice)).containsExactly("a.1.jsonl");
    assertThat(target).exists();
  }

  @Test
  void keepsLogsForEver() {
    ExecutionLogs forEver = logs(directory, Duration.ofSeconds(Long.MAX_VALUE));
    forEver.open("old", "true", "alice").finish(OptionalInt.of(0), "done");
    time.advance(Duration.ofDays(100_000));

    assertThat(forEver.sweep()).isZero();
  }

  @Test
  void sweepsNothingWhenItsDirectoryIsGone() throws IOException {
    Files.delete(directory);

    assertThat(logs.sweep()).isZero();
  }

  @Test
  void makesAnAccountsFolderAgainThatWasRemoved() throws IOException {
    finished("a");
    Files.delete(alice.resolve("a.0.jsonl"));
    Files.delete(alice);

    finished("b");

    assertThat(fileNames(alice)).containsExactly("b.0.jsonl");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../x", "a/b", "a b", "A", "a\n"})
  void refusesAnAccountThatIsNoFolder(String account) {
    assertThatIllegalArgumentException().isThrownBy(() -> logs.open("a", "true", account));
  }

  // --- What an account may have, and all of them

  private static final int PIECE = 20_000;

  private ExecutionLogs bounded(long ofAccount, long ofAll, long filesOfAccount, long files) {
    return new ExecutionLogs(
        directory,
        new ExecutionLogs.Limits(1_000_000, ofAccount, ofAll, filesOfAccount, files, RETENTION),
        time);
  }

  private static ExecutionLog print(ExecutionLogs logs, String id, String account, int bytes) {
    ExecutionLog log = logs.open(id, "yes", account);
    for (int printed = 0; printed < bytes; printed += PIECE) {
      append(log, "x".repeat(PIECE));
    }
    return log;
  }

  private static void printed(ExecutionLogs logs, String id, String account, int bytes) {
    print(logs, id, account, bytes).finish(OptionalInt.of(0), "done");
  }

  private static long diskUse(Path account) {
    return Files.exists(account) ? LogReader.diskUse(account) : 0;
  }

  @Test
  void removesAnAccountsOldestLogsFirstAndNobodyElses() {
    ExecutionLogs logs = bounded(2_000_000, 100_000_000, 1000, 1000);
    printed(logs, "bobs", "bob", 500_000);
    for (int i = 0; i < 8; i++) {
      printed(logs, "log" + i, "alice", 500_000);
      assertThat(diskUse(alice)).isLessThanOrEqualTo(2_000_000);
    }
    assertThat(fileNames(alice).stream().map(name -> name.substring(0, 4)).distinct())
        .containsExactly("log5", "log6", "log7");
    assertThat(diskUse(directory.resolve("bob"))).isGreaterThan(500_000);
    assertThat(logs.bytes()).isEqualTo(diskUse(alice) + diskUse(directory.resolve("bob")));
  }

  @Test
  void boundsWhatIsStillWritten() {
    ExecutionLogs logs = bounded(2_000_000, 100_000_000, 1000, 1000);
    List<ExecutionLog> open = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      open.add(logs.open("log" + i, "yes", "alice"));
    }
    for (int round = 0; round < 20; round++) {
      for (ExecutionLog log : open) {
        append(log, "x".repeat(PIECE));
        assertThat(logs.bytes()).isLessThanOrEqualTo(3_000_000);
      }
    }
    assertThat(diskUse(alice)).isEqualTo(logs.bytes());
    // The newest of each can be read.
    for (ExecutionLog log : open) {
      assertThat(all(log).nextOffset()).isGreaterThanOrEqualTo(20);
      assertThat(entries(all(log)).getLast()).contains("x");
      assertThat(all(log).truncated()).isTrue();
      log.finish(OptionalInt.of(0), "done");
    }
  }

  @Test
  void takesFromTheAccountThatHasMostWhenAllHaveTooMuch() {
    ExecutionLogs logs = bounded(100_000_000, 4_000_000, 1000, 1000);
    printed(logs, "a1", "alice", 900_000);
    printed(logs, "b1", "bob", 900_000);
    for (int i = 0; i < 5; i++) {
      printed(logs, "m" + i, "mallory", 900_000);
    }
    assertThat(logs.bytes()).isLessThanOrEqualTo(4_000_000);
    assertThat(fileNames(alice)).contains("a1.0.jsonl");
    assertThat(fileNames(directory.resolve("bob"))).contains("b1.0.jsonl");
    assertThat(fileNames(directory.resolve("mallory"))).doesNotContain("m0.0.jsonl", "m1.0.jsonl");
  }

  @Test
  void boundsTheNumberOfFiles() {
    ExecutionLogs logs = bounded(100_000_000, 100_000_000, 10, 15);
    for (int i = 0; i < 30; i++) {
      printed(logs, "log" + i, "alice", 0);
    }
    assertThat(fileNames(alice)).hasSize(10).contains("log29.0.jsonl", "log20.0.jsonl");
    for (int i = 0; i < 10; i++) {
      printed(logs, "log" + i, "bob", 0);
    }
    assertThat(fileNames(alice).size() + fileNames(directory.resolve("bob")).size()).isEqualTo(15);
  }

  @Test
  void countsTheLogsOfAnEarlierGateway() {
    ExecutionLogs before = bounded(100_000_000, 100_000_000, 1000, 1000);
    printed(before, "a", "alice", 900_000);
    printed(before, "b", "alice", 900_000);
    long used = diskUse(alice);

    ExecutionLogs after = bounded(2_000_000, 100_000_000, 1000, 1000);
    assertThat(after.sweep()).isZero();
    assertThat(after.bytes()).isEqualTo(used);
    printed(after, "c", "alice", 900_000);

    assertThat(diskUse(alice)).isEqualTo(after.bytes()).isLessThanOrEqualTo(2_000_000);
    assertThat(fileNames(alice)).contains("c.0.jsonl").doesNotContain("a.0.jsonl");
  }

  @Test
  void staysWithinItsBoundsWhenManyWriteAtATime() throws Exception {
    ExecutionLogs logs = bounded(4_000_000, 6_000_000, 500, 500);
    List<Future<?>> all = new ArrayList<>();
    try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 40; i++) {
        String id = "log" + i;
        String account = "user" + i % 3;
        all.add(
            writers.submit(
                () -> {
                  for (int again = 0; again < 5; again++) {
                    printed(logs, id + "-" + again, account, 600_000);
                  }
                }));
      }
    }
    for (Future<?> each : all) {
      each.get();
    }
    long onDisk = 0;
    for (int i = 0; i < 3; i++) {
      long ofUser = diskUse(directory.resolve("user" + i));
      assertThat(ofUser).isLessThanOrEqualTo(4_000_000);
      onDisk += ofUser;
    }
    assertThat(onDisk).isEqualTo(logs.bytes()).isLessThanOrEqualTo(6_000_000);
    time.advance(RETENTION.plusSeconds(1));
    assertThat(logs.sweep()).isPositive();
    assertThat(logs.bytes()).isZero();
  }

  private ExecutionLogs logs(Path directory, Duration retention) {
    return new ExecutionLogs(directory, LogReader.limits(retention), time);
  }

  private void finished(String id) {
    logs.open(id, "true", "alice").finish(OptionalInt.of(0), "done");
  }

  private void age(String name) throws IOException {
    Files.setLastModifiedTime(alice.resolve(name), FileTime.from(LONG_AGO));
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
  }
}
