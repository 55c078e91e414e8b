package io.gatehouse.gateway.account;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Reads which accounts are disabled or removed. Root writes one file for each of them. */
final class Standings {

  /**
   * The most bytes of a file that are read. A valid line has fewer, so a longer file is damaged.
   */
  private static final int LARGEST = 200;

  /**
   * The age, in milliseconds, from which a time stamp is relied on. A folder that changed less than
   * this before it was read may have changed again since, with the same time stamp.
   */
  private static final long UNSURE = TimeUnit.SECONDS.toMillis(2);

  private final Path folder;

  /**
   * The time of the folder's last change, and the time at which it was read, in milliseconds. Only
   * one thread reads at a time.
   */
  private long changed = -1;

  private long read;

  Standings(Path folder) {
    this.folder = folder;
  }

  /** Whether the folder may have changed since it was last read. */
  boolean mayHaveChanged() {
    try {
      long now = Files.getLastModifiedTime(folder).toMillis();
      return now != changed || read - changed < UNSURE;
    } catch (IOException absent) {
      return changed != -1;
    }
  }

  /**
   * The standings of all accounts that are disabled or removed; none if the folder does not exist.
   *
   * @throws AccountException if the folder cannot be read
   */
  Map<AccountName, AccountStanding> read() {
    Map<AccountName, AccountStanding> found = new HashMap<>();
    read = System.currentTimeMillis();
    try {
      changed = Files.getLastModifiedTime(folder).toMillis();
    } catch (IOException absent) {
      changed = -1;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = file.getFileName().toString();
        if (AccountName.isValid(name)) {
          read(file, new AccountName(name), found);
        }
      }
    } catch (NoSuchFileException none) {
      return Map.of();
    } catch (IOException failure) {
      throw new AccountException(
          AccountException.Reason.REGISTRY,
          "cannot read " + folder + "; check its permissions",
          failure);
    }
    return found;
  }

  /**
   * Reads one file. A file that cannot be read disables its account too, and does not keep the
   * other files from being read.
   */
  private static void read(Path file, AccountName name, Map<AccountName, AccountStanding> found) {
    try (var stream = Files.newInputStream(file)) {
      String content = new String(stream.readNBytes(LARGEST), StandardCharsets.ISO_8859_1);
      found.put(name, AccountStanding.parse(content));
    } catch (NoSuchFileException enabledMeanwhile) {
      // The account was enabled meanwhile.
    } catch (IOException unreadable) {
      found.put(name, AccountStanding.parse(""));
    }
  }
}
