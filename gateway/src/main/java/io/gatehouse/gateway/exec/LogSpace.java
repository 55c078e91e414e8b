package io.gatehouse.gateway.exec;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Counts the space that logs take on disk, for each account and for all accounts together, and
 * frees space when an account takes too much: it removes the account's oldest log that has ended,
 * and if no log has ended, the oldest segment of the largest log that is still written. When all
 * accounts together take too much, it frees space of the account that takes most.
 */
final class LogSpace {

  private final Limits limits;

  // Guarded by the lock of this object, which no thread holds during I/O.
  private final Map<String, Owner> owners = new HashMap<>();
  private long bytes;
  private long files;

  /**
   * The space that logs may have on disk.
   *
   * @param bytesOfAccount the most bytes of the logs of one account
   * @param bytes the most bytes of all logs
   * @param filesOfAccount the most files of the logs of one account
   * @param files the most files of all logs
   */
  record Limits(long bytesOfAccount, long bytes, long filesOfAccount, long files) {}

  LogSpace(Limits limits) {
    this.limits = limits;
  }

  /** The logs of one account. */
  private static final class Owner {
    private final Set<Log> written = new HashSet<>();
    private final Map<String, Log> ended = new LinkedHashMap<>();
    private long bytes;
    private long files;
  }

  /** One log on disk. */
  final class Log {

    private final String account;
    private final String id;
    private final BooleanSupplier dropOldest;

    // Guarded by the {@code LogSpace}.
    private long ownBytes;
    private long ownFiles;
    private Instant endedAt = Instant.MAX;
    private Runnable remove = () -> {};

    /**
     * Whether the log was removed and its space subtracted. A segment that another thread was
     * dropping at that moment is then not subtracted again.
     */
    private boolean forgotten;

    private Log(String account, String id, BooleanSupplier dropOldest) {
      this.account = account;
      this.id = id;
      this.dropOldest = dropOldest;
    }

    /** Counts bytes and files that are about to be written, and makes room for them. */
    void add(long addedBytes, int addedFiles) {
      count(this, addedBytes, addedFiles);
      makeRoom(account);
    }

    /** Subtracts bytes and files that were removed. */
    void subtract(long removedBytes, int removedFiles) {
      count(this, -removedBytes, -removedFiles);
    }

    /**
     * Is called when nothing more is written to this log.
     *
     * @param remover removes its files
     */
    void end(Instant at, Runnable remover) {
      ended(this, at, remover);
    }
  }

  /**
   * Begins to count a log.
   *
   * @param dropOldest drops the log's oldest segment and subtracts it; returns false if no segment
   *     may be dropped
   */
  synchronized Log begin(String account, String id, BooleanSupplier dropOldest) {
    Log log = new Log(account, id, dropOldest);
    owner(account).written.add(log);
    return log;
  }

  /**
   * Counts a log of an earlier gateway process. The logs of one account must come in the order in
   * which they ended.
   *
   * @param remover removes the log's files
   */
  void restore(
      String account, String id, long ownBytes, int ownFiles, Instant endedAt, Runnable remover) {
    Log log = begin(account, id, () -> false);
    count(log, ownBytes, ownFiles);
    ended(log, endedAt, remover);
    makeRoom(account);
  }

  private Owner owner(String account) {
    return owners.computeIfAbsent(account, name -> new Owner());
  }

  private synchronized void count(Log log, long addedBytes, long addedFiles) {
    if (log.forgotten) {
      return;
    }
    Owner owner = owner(log.account);
    log.ownBytes += addedBytes;
    log.ownFiles += addedFiles;
    owner.bytes += addedBytes;
    owner.files += addedFiles;
    bytes += addedBytes;
    files += addedFiles;
  }

  private synchronized void ended(Log log, Instant at, Runnable remover) {
    log.endedAt = at;
    log.remove = remover;
    Owner owner = owner(log.account);
    owner.written.remove(log);
    owner.ended.put(log.id, log);
  }

  private void makeRoom(String account) {
    for (List<String> full = full(account); !full.isEmpty(); full = full(account)) {
      if (full.stream().noneMatch(this::makeRoomIn)) {
        return;
      }
    }
  }

  /** Removes one log, or one segment, of the account. Returns false if nothing may be removed. */
  private boolean makeRoomIn(String account) {
    Optional<Log> oldest = takeOldest(account);
    oldest.ifPresent(log -> log.remove.run());
    return oldest.isPresent()
        || written(account).stream().anyMatch(log -> log.dropOldest.getAsBoolean());
  }

  /**
   * The accounts whose logs may be removed to free space, in the order in which they are tried.
   * Space is freed of the first account that has something to remove.
   */
  private synchronized List<String> full(String account) {
    Owner owner = owner(account);
    if (owner.bytes > limits.bytesOfAccount() || owner.files > limits.filesOfAccount()) {
      return List.of(account);
    }
    if (bytes > limits.bytes()) {
      return largestFirst(owners.entrySet(), each -> each.bytes);
    }
    return files > limits.files() ? largestFirst(owners.entrySet(), each -> each.files) : List.of();
  }

  private static List<String> largestFirst(
      Set<Map.Entry<String, Owner>> owners, ToLongFunction<Owner> size) {
    return owners.stream()
        .sorted(
            Map.Entry.<String, Owner>comparingByValue(Comparator.comparingLong(size)).reversed())
        .map(Map.Entry::getKey)
        .toList();
  }

  private synchronized Optional<Log> takeOldest(String account) {
    Optional<Log> oldest = owner(account).ended.values().stream().findFirst();
    oldest.ifPresent(this::forget);
    return oldest;
  }

  private void forget(Log log) {
    log.forgotten = true;
    Owner owner = owner(log.account);
    owner.ended.remove(log.id, log);
    owner.bytes -= log.ownBytes;
    owner.files -= log.ownFiles;
    bytes -= log.ownBytes;
    files -= log.ownFiles;
    if (owner.ended.isEmpty() && owner.written.isEmpty()) {
      owners.remove(log.account);
    }
  }

  /** The account's logs that are still written, the largest first. */
  private synchronized Collection<Log> written(String account) {
    List<Log> logs = new ArrayList<>(owner(account).written);
    logs.sort(Comparator.comparingLong((Log log) -> log.ownBytes).reversed());
    return logs;
  }

  /**
   * Removes logs that have ended.
   *
   * @param tooOld whether a log that ended at the given time is removed
   * @return the number of files that were removed
   */
  long removeEnded(Predicate<Instant> tooOld) {
    long removed = 0;
    for (Log log : takeEnded(tooOld)) {
      removed += log.ownFiles;
      log.remove.run();
    }
    return removed;
  }

  private synchronized List<Log> takeEnded(Predicate<Instant> tooOld) {
    List<Log> taken = new ArrayList<>();
    for (Owner owner : owners.values()) {
      // The logs are in the order in which they ended, so after the first log that stays, all later
      // logs stay too.
      owner.ended.values().stream().takeWhile(log -> tooOld.test(log.endedAt)).forEach(taken::add);
    }
    taken.forEach(this::forget);
    return taken;
  }

  /** The bytes that all logs take on disk. */
  synchronized long bytes() {
    return bytes;
  }

  /** The number of files of all logs on disk. */
  synchronized long files() {
    return files;
  }
}
