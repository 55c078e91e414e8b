package io.gatehouse.gateway.exec;

import static io.gatehouse.gateway.exec.LogReader.all;
import static io.gatehouse.gateway.exec.LogReader.append;
import static io.gatehouse.gateway.exec.LogReader.entries;
import static io.gatehouse.gateway.exec.LogReader.fileNames;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExecutionLogsTest {

  private static final Duration RETENTION = Duration.ofDays(7);
  // Longer ago than the retention, whenever this runs.
  private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

  @TempDir Path temporary;
  private Path directory;
  private ExecutionLogs logs;

  @BeforeEach
  void create() {
    directory = temporary.resolve("state/logs");
    logs = logs(directory, RETENTION);
  }

  @Test
  void keepsLogsToTheGatewayAlone() throws IOException {
    ExecutionLog log = logs.open("20260301-100000-abcdef", "id", "alice");
    for (int i = 0; i < 2000; i++) {
      append(log, "x");
    }

    assertThat(permissions(directory)).isEqualTo("rwx------");
    assertThat(permissions(temporary.resolve("state"))).isEqualTo("rwx------");
    assertThat(fileNames(directory)).hasSizeGreaterThan(1);
    for (String name : fileNames(directory)) {
      assertThat(permissions(directory.resolve(name))).isEqualTo("rw-------");
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
        .isThrownBy(() -> new ExecutionLogs(directory, 262_143, RETENTION, Clock.systemUTC()))
        .withMessage("the size of a log is at least 262144 bytes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> logs(directory, Duration.ofSeconds(-1)))
        .withMessage("the retention of logs is not negative");
  }

  @Test
  void neverWritesThroughALinkAtItsPlace() throws IOException {
    Path target = Files.writeString(temporary.resolve("target"), "untouched");
    Files.createSymbolicLink(directory.resolve("a.0.jsonl"), target);

    ExecutionLog log = logs.open("a", "true", "alice");
    append(log, "out");

    assertThat(Files.readString(target)).isEqualTo("untouched");
    assertThat(entries(all(log))).containsExactly("out");
  }

  @Test
  void sweepsWhatIsOlderThanTheRetention() throws IOException {
    finished("old");
    age("old.0.jsonl");
    finished("new");

    assertThat(logs.sweep()).isEqualTo(1);

    assertThat(fileNames(directory)).containsExactly("new.0.jsonl");
  }

  @Test
  void sweepsTheLogsOfAnEarlierGateway() throws IOException {
    finished("old");
    age("old.0.jsonl");

    assertThat(logs(directory, RETENTION).sweep()).isEqualTo(1);
  }

  @Test
  void sweepsALogAsAWhole() throws IOException {
    ExecutionLog log = logs.open("a", "yes", "alice");
    for (int i = 0; i < 2000; i++) {
      append(log, "x");
    }
    log.finish(OptionalInt.of(0), "done");
    age("a.0.jsonl");

    assertThat(logs.sweep()).isZero();
    assertThat(fileNames(directory)).containsExactly("a.0.jsonl", "a.1.jsonl");

    age("a.1.jsonl");
    assertThat(logs.sweep()).isEqualTo(2);
    assertThat(fileNames(directory)).isEmpty();
  }

  @Test
  void neverSweepsAnOpenLog() throws IOException {
    ExecutionLog log = logs.open("quiet", "sleep 1000000", "alice");
    append(log, "begun");
    age("quiet.0.jsonl");

    assertThat(logs.sweep()).isZero();
    assertThat(entries(all(log))).containsExactly("begun");

    log.finish(OptionalInt.of(0), "done");
    age("quiet.0.jsonl");
    assertThat(logs.sweep()).isEqualTo(1);
  }

  @Test
  void neitherFollowsNorRemovesWhatIsNoLog() throws IOException {
    Path target = Files.writeString(temporary.resolve("target"), "bob's");
    Files.setLastModifiedTime(target, FileTime.from(LONG_AGO));
    Files.createSymbolicLink(directory.resolve("link.0.jsonl"), target);
    Files.createSymbolicLink(directory.resolve("dangling.0.jsonl"), temporary.resolve("none"));
    Files.createSymbolicLink(directory.resolve("tree.0.jsonl"), temporary);
    Files.createDirectory(directory.resolve("directory.0.jsonl"));
    String[] files = {
      "a.jsonl", "a.x.jsonl", "a.0.json", ".0.jsonl", "a b.0.jsonl", "a.0.jsonl.gz", "a.b.0.jsonl"
    };
    for (String name : files) {
      Files.createFile(directory.resolve(name));
    }
    for (String name : fileNames(directory)) {
      if (!Files.isSymbolicLink(directory.resolve(name))) {
        age(name);
      }
    }
    int before = fileNames(directory).size();

    assertThat(logs(directory, Duration.ZERO).sweep()).isZero();

    assertThat(fileNames(directory)).hasSize(before);
    assertThat(Files.readString(target)).isEqualTo("bob's");
  }

  @Test
  void sweepsTheOtherFilesOfALogThatAlsoHasALink() throws IOException {
    Path target = Files.writeString(temporary.resolve("target"), "bob's");
    finished("a");
    age("a.0.jsonl");
    Files.createSymbolicLink(directory.resolve("a.1.jsonl"), target);

    assertThat(logs.sweep()).isEqualTo(1);

    assertThat(fileNames(directory)).containsExactly("a.1.jsonl");
    assertThat(target).exists();
  }

  @Test
  void keepsLogsForEver() throws IOException {
    finished("old");
    age("old.0.jsonl");

    assertThat(logs(directory, Duration.ofSeconds(Long.MAX_VALUE)).sweep()).isZero();
  }

  @Test
  void sweepsNothingWhenItsDirectoryIsGone() throws IOException {
    Files.delete(directory);

    assertThat(logs.sweep()).isZero();
  }

  private static ExecutionLogs logs(Path directory, Duration retention) {
    return new ExecutionLogs(
        directory, ExecutionLogs.SMALLEST_MAX_SIZE, retention, Clock.systemUTC());
  }

  private void finished(String id) {
    logs.open(id, "true", "alice").finish(OptionalInt.of(0), "done");
  }

  private void age(String name) throws IOException {
    Files.setLastModifiedTime(directory.resolve(name), FileTime.from(LONG_AGO));
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
  }
}
