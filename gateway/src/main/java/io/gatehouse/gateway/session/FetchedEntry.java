package io.gatehouse.gateway.session;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;

/**
 * An entry of a directory after a look at it, and its content if it is a small file.
 *
 * <p>A file alone costs four round trips to the SFTP server: a look, opening, reading and closing.
 * Entries are fetched together, so that these trips overlap.
 *
 * @param attributes empty if there is a failure
 * @param content empty if the entry is no small file
 * @param failure what kept the entry from being looked at or read
 */
public record FetchedEntry(
    String name,
    Optional<FileAttributes> attributes,
    Optional<byte[]> content,
    Optional<FileException> failure) {

  /** The most entries that are fetched together. */
  public static final int MOST = 32;

  /** The most bytes of a file whose content is fetched with it. */
  public static final int SMALL = 16 * 1024;

  /** Bytes of memory for the contents of entries that are fetched together. */
  public static final long WEIGHT = (long) MOST * SMALL;

  /**
   * Fetches entries of a directory; the result has their order.
   *
   * @param path from the name of an entry to its path
   * @throws IOException if the thread is interrupted
   */
  public static List<FetchedEntry> fetch(
      RemoteFiles files, UnaryOperator<String> path, List<FileEntry> entries) throws IOException {
    List<Callable<FetchedEntry>> looks = new ArrayList<>();
    entries.forEach(entry -> looks.add(() -> fetch(files, path.apply(entry.name()), entry)));
    List<FetchedEntry> fetched = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<FetchedEntry> each : threads.invokeAll(looks)) {
        fetched.add(each.get());
      }
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new IOException("the request was interrupted", interruption);
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof RuntimeException lost) {
        throw lost;
      }
      throw new IOException("an entry cannot be read", failure.getCause());
    }
    return fetched;
  }

  private static FetchedEntry fetch(RemoteFiles files, String path, FileEntry entry)
      throws IOException {
    try {
      // The time in a listing is more reliable than that of a single file (FileAttributes).
      FileAttributes attributes = files.lstat(path).modified(entry.attributes().modified());
      return new FetchedEntry(
          entry.name(),
          Optional.of(attributes),
          content(files, path, attributes),
          Optional.empty());
    } catch (FileException failure) {
      return new FetchedEntry(
          entry.name(), Optional.empty(), Optional.empty(), Optional.of(failure));
    }
  }

  private static Optional<byte[]> content(RemoteFiles files, String path, FileAttributes attributes)
      throws IOException {
    if (!attributes.isFile() || attributes.size() > SMALL) {
      return Optional.empty();
    }
    try (InputStream in = files.read(path, 0, Math.max(attributes.size(), 1))) {
      return Optional.of(in.readAllBytes());
    }
  }
}
