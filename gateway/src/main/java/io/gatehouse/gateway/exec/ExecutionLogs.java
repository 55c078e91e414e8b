package io.gatehouse.gateway.exec;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the logs of executions in one directory, until they are older than the retention.
 *
 * <p>They hold what users ran and what it printed: the directory and everything in it is the
 * gateway's alone.
 */
public final class ExecutionLogs {

  /** The smallest limit that the largest batch of output, all control characters, fits in. */
  public static final long SMALLEST_MAX_SIZE = 256 * 1024;

  private static final Pattern ID = Pattern.compile("[0-9A-Za-z_-]{1,64}");
  private static final Pattern FILE_NAME =
      Pattern.compile("(" + ID.pattern() + ")\\.[0-9]{1,10}\\.jsonl");
  private static final Set<PosixFilePermission> DIRECTORY_PERMISSIONS =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE_PERMISSIONS =
      PosixFilePermissions.fromString("rw-------");

  private static final Logger LOG = LoggerFactory.getLogger(ExecutionLogs.class);

  private final Path directory;
  private final long maxSize;
  private final Duration retention;
  private final Clock clock;
  private final EntryEncoders encoders = new EntryEncoders();
  private final SpareMemory memory = new SpareMemory();
  private final Set<String> open = ConcurrentHashMap.newKeySet();

  /**
   * Makes the directory ready, which is created when it is missing and closed to everybody else.
   *
   * @param maxSize how many bytes of one execution may be on disk
   * @param retention how long a log stays after its last change
   * @throws UncheckedIOException when the directory cannot be made the gateway's alone
   */
  public ExecutionLogs(Path directory, long maxSize, Duration retention, Clock clock) {
    if (maxSize < SMALLEST_MAX_SIZE) {
      throw new IllegalArgumentException(
          "the size of a log is at least " + SMALLEST_MAX_SIZE + " bytes");
    }
    if (retention.isNegative()) {
      throw new IllegalArgumentException("the retention of logs is not negative");
    }
    this.directory = directory;
    this.maxSize = maxSize;
    this.retention = retention;
    this.clock = clock;
    createDirectory();
  }

  /**
   * Opens the log of a new execution and records what is started.
   *
   * @throws IllegalArgumentException when the id cannot be a file name or is open already
   */
  ExecutionLog open(String id, String command, String account) {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("an execution's id matches " + ID);
    }
    if (!open.add(id)) {
      throw new IllegalArgumentException("execution " + id + " has a log already");
    }
    ExecutionLog log =
        new ExecutionLog(
            id,
            directory,
            maxSize,
            ExecutionLogs::createFile,
            encoders,
            memory,
            clock,
            () -> open.remove(id));
    log.start(command, account);
    return log;
  }

  /**
   * Removes the logs whose newest file is older than the retention, also those of an earlier
   * gateway; never an open one, and nothing that is no log. Returns how many files went.
   */
  public int sweep() {
    Instant now = clock.instant();
    int removed = 0;
    for (Map.Entry<String, List<LogFile>> log : closedLogs().entrySet()) {
      boolean isExpired =
          log.getValue().stream()
              .allMatch(file -> Duration.between(file.modified(), now).compareTo(retention) > 0);
      // Asked again: it may have been opened since the directory was read.
      if (isExpired && !open.contains(log.getKey())) {
        removed += remove(log.getValue());
      }
    }
    return removed;
  }

  private Map<String, List<LogFile>> closedLogs() {
    Map<String, List<LogFile>> logs = new HashMap<>();
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory)) {
      for (Path path : paths) {
        Matcher name = FILE_NAME.matcher(path.getFileName().toString());
        if (name.matches() && !open.contains(name.group(1))) {
          addLogFile(path, logs.computeIfAbsent(name.group(1), id -> new ArrayList<>()));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.warn("logs in {} are not all swept: {}", directory, e.toString());
    }
    return logs;
  }

  private static void addLogFile(Path path, List<LogFile> files) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (attributes.isRegularFile()) {
        files.add(new LogFile(path, attributes.lastModifiedTime().toInstant()));
      }
    } catch (NoSuchFileException e) {
      LOG.debug("{} went by itself", path);
    }
  }

  private static int remove(List<LogFile> files) {
    int removed = 0;
    for (LogFile file : files) {
      try {
        removed += Files.deleteIfExists(file.path()) ? 1 : 0;
      } catch (IOException e) {
        LOG.warn("{} is not swept: {}", file.path(), e.toString());
      }
    }
    return removed;
  }

  private void createDirectory() {
    try {
      Files.createDirectories(directory, attribute(DIRECTORY_PERMISSIONS));
      // One that was there may be open to others; only its owner can do this.
      Files.setPosixFilePermissions(directory, DIRECTORY_PERMISSIONS);
    } catch (IOException e) {
      throw new UncheckedIOException("the directory for logs, " + directory, e);
    }
  }

  private static RandomAccessFile createFile(Path path) throws IOException {
    Files.createFile(path, attribute(FILE_PERMISSIONS));
    return new RandomAccessFile(path.toFile(), "rw");
  }

  private static FileAttribute<Set<PosixFilePermission>> attribute(
      Set<PosixFilePermission> permissions) {
    return PosixFilePermissions.asFileAttribute(permissions);
  }

  private record LogFile(Path path, Instant modified) {}
}
