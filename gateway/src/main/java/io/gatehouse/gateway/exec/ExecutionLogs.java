package io.gatehouse.gateway.exec;

import io.gatehouse.gateway.account.Boundary;
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
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the logs of executions in one directory, with a folder for each account, until they are
 * older than the retention or their space is needed for newer logs.
 *
 * <p>The logs hold users' commands and their output, so only the gateway may read the directory and
 * everything in it. The directory is on the volume of the homes; users' quotas do not count it.
 */
public final class ExecutionLogs {

  /**
   * The smallest allowed limit for one log, in bytes. The largest batch of output fits into it,
   * even if the batch has only control characters.
   */
  public static final long SMALLEST_MAX_SIZE = 256 * 1024;

  /**
   * The number of segments of a log that has reached its limit. Only whole segments are dropped, so
   * at least seven eighths of the allowed size stay.
   */
  private static final int SEGMENTS = 8;

  /**
   * The number of segments that fit into the space of one account: twice the number of commands
   * that may run. So half of the space is left while each of these commands writes a segment, which
   * cannot be dropped.
   */
  private static final int SEGMENTS_OF_ACCOUNT = 2 * ExecutionSettings.MOST_RUNNING_OF_USER;

  /** The number of logs of an earlier gateway process that are read and counted together. */
  private static final int LOADED_AT_A_TIME = 1000;

  /**
   * The name that stands for the account of logs that are not in an account's folder. Earlier
   * versions of the gateway had no such folders.
   */
  private static final String NOBODY = "";

  private static final Pattern ID = Pattern.compile("[0-9A-Za-z_-]{1,64}");
  private static final Pattern ACCOUNT = Pattern.compile(Boundary.ACCOUNT_NAME);
  private static final Pattern FILE_NAME =
      Pattern.compile("(" + ID.pattern() + ")\\.[0-9]{1,10}\\.jsonl");
  private static final Set<PosixFilePermission> DIRECTORY_PERMISSIONS =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE_PERMISSIONS =
      PosixFilePermissions.fromString("rw-------");

  private static final Logger LOG = LoggerFactory.getLogger(ExecutionLogs.class);

  private final Path directory;
  private final Limits limits;
  private final LogSpace space;
  private final Clock clock;
  private final EntryEncoders encoders = new EntryEncoders();
  private final SpareMemory memory = new SpareMemory();
  private final Set<String> open = ConcurrentHashMap.newKeySet();

  /** The ids of logs that this process made before it had counted those of an earlier process. */
  private final Set<String> own = ConcurrentHashMap.newKeySet();

  private volatile boolean loaded;

  /**
   * The space that logs may have on disk, and how long they stay.
   *
   * @param largest the most bytes of one log
   * @param largestOfAccount the most bytes of all logs of one account
   * @param largestOfAll the most bytes of the logs of all accounts
   * @param mostFilesOfAccount the most files of all logs of one account
   * @param mostFiles the most files of the logs of all accounts
   * @param retention how long a log stays after its end
   */
  public record Limits(
      long largest,
      long largestOfAccount,
      long largestOfAll,
      long mostFilesOfAccount,
      long mostFiles,
      Duration retention) {

    public Limits {
      if (largest < SMALLEST_MAX_SIZE) {
        throw new IllegalArgumentException(
            "the largest size of a log must be at least " + SMALLEST_MAX_SIZE + " bytes");
      }
      if (retention.isNegative()) {
        throw new IllegalArgumentException("the retention of logs must not be negative");
      }
    }
  }

  /**
   * Creates the directory if it is missing, and lets only the gateway's user enter it.
   *
   * @throws UncheckedIOException if the directory cannot be created, or its permissions cannot be
   *     set
   */
  public ExecutionLogs(Path directory, Limits limits, Clock clock) {
    this.directory = directory;
    this.limits = limits;
    this.clock = clock;
    this.space =
        new LogSpace(
            new LogSpace.Limits(
                limits.largestOfAccount(),
                limits.largestOfAll(),
                limits.mostFilesOfAccount(),
                limits.mostFiles()));
    createDirectory();
  }

  /**
   * Opens the log of a new execution and records the command that is started.
   *
   * @throws IllegalArgumentException when the id cannot be a file name or is open already
   */
  ExecutionLog open(String id, String command, String account) {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("an execution's id must match " + ID);
    }
    if (!ACCOUNT.matcher(account).matches()) {
      throw new IllegalArgumentException("an account's name must match " + ACCOUNT);
    }
    if (!open.add(id)) {
      throw new IllegalArgumentException("execution " + id + " has a log already");
    }
    if (!loaded) {
      own.add(id);
    }
    LogDisk disk =
        new LogDisk(
            directory.resolve(account),
            limits.largest(),
            Math.min(limits.largest() / SEGMENTS, limits.largestOfAccount() / SEGMENTS_OF_ACCOUNT),
            ExecutionLogs::createFile,
            space);
    ExecutionLog log =
        new ExecutionLog(id, account, disk, encoders, memory, clock, () -> open.remove(id));
    log.start(command, account);
    return log;
  }

  /**
   * Removes the logs that ended longer ago than the retention, including logs of an earlier gateway
   * process. Logs that are still written, and other files, stay. Only the first call reads the
   * directory. Returns the number of files removed.
   */
  public synchronized long sweep() {
    if (!loaded) {
      load();
      loaded = true;
      own.clear();
    }
    Instant now = clock.instant();
    return space.removeEnded(end -> Duration.between(end, now).compareTo(limits.retention()) > 0);
  }

  /** The bytes that all logs take on disk. */
  long bytes() {
    return space.bytes();
  }

  private void load() {
    load(directory, NOBODY);
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(directory)) {
      for (Path folder : folders) {
        String account = folder.getFileName().toString();
        if (ACCOUNT.matcher(account).matches()
            && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
          load(folder, account);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.warn("{} cannot be read, so old logs in it are not removed: {}", directory, e.toString());
    }
  }

  private void load(Path folder, String account) {
    Map<String, List<LogFile>> logs = new HashMap<>();
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder)) {
      for (Path path : paths) {
        Matcher name = FILE_NAME.matcher(path.getFileName().toString());
        if (name.matches() && !own.contains(name.group(1))) {
          addLogFile(path, logs.computeIfAbsent(name.group(1), id -> new ArrayList<>()));
        }
        if (logs.size() >= LOADED_AT_A_TIME) {
          count(logs, account);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.warn("{} cannot be read, so old logs in it are not removed: {}", folder, e.toString());
    }
    count(logs, account);
  }

  private static void addLogFile(Path path, List<LogFile> files) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (attributes.isRegularFile()) {
        files.add(new LogFile(path, attributes.size(), attributes.lastModifiedTime().toInstant()));
      }
    } catch (NoSuchFileException e) {
      LOG.debug("{} was removed while the logs were counted", path);
    }
  }

  private void count(Map<String, List<LogFile>> logs, String account) {
    List<Loaded> all =
        logs.values().stream()
            .filter(files -> !files.isEmpty())
            .map(Loaded::of)
            .sorted(Comparator.comparing(Loaded::newest))
            .toList();
    logs.clear();
    for (Loaded log : all) {
      space.restore(
          account,
          log.paths().getFirst().toString(),
          log.size(),
          log.paths().size(),
          log.newest(),
          () -> log.paths().forEach(LogFiles::remove));
    }
  }

  private record LogFile(Path path, long size, Instant modified) {}

  /** A log of an earlier gateway. */
  private record Loaded(List<Path> paths, long size, Instant newest) {
    static Loaded of(List<LogFile> files) {
      return new Loaded(
          files.stream().map(LogFile::path).toList(),
          files.stream().mapToLong(LogFile::size).sum(),
          files.stream().map(LogFile::modified).max(Comparator.naturalOrder()).orElseThrow());
    }
  }

  private void createDirectory() {
    try {
      Files.createDirectories(directory, attribute(DIRECTORY_PERMISSIONS));
      // A directory that existed before may be open to other users. This call fails if the gateway
      // does not own it.
      Files.setPosixFilePermissions(directory, DIRECTORY_PERMISSIONS);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the directory for logs cannot be made private: " + directory, e);
    }
  }

  private static RandomAccessFile createFile(Path path) throws IOException {
    try {
      Files.createFile(path, attribute(FILE_PERMISSIONS));
    } catch (NoSuchFileException firstOfItsAccount) {
      Files.createDirectories(
          Objects.requireNonNull(path.getParent()), attribute(DIRECTORY_PERMISSIONS));
      Files.createFile(path, attribute(FILE_PERMISSIONS));
    }
    return new RandomAccessFile(path.toFile(), "rw");
  }

  private static FileAttribute<Set<PosixFilePermission>> attribute(
      Set<PosixFilePermission> permissions) {
    return PosixFilePermissions.asFileAttribute(permissions);
  }
}
