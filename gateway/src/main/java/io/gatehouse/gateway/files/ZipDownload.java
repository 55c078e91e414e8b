package io.gatehouse.gateway.files;

import io.gatehouse.gateway.session.FetchedEntry;
import io.gatehouse.gateway.session.FileAttributes;
import io.gatehouse.gateway.session.FileEntry;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.FileNames;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.RemoteFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.compress.archivers.zip.UnixStat;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A ZIP archive that is made while it is sent. Links are stored as links. Files that cannot be read
 * are named in {@code _errors.txt} at its end.
 */
public final class ZipDownload implements AutoCloseable {

  private static final String ERRORS = "_errors.txt";

  /** The most entries of one directory that are kept in memory. */
  private static final int MOST_ENTRIES = 1_000_000;

  private static final int DEEPEST = 200;

  /**
   * Bytes of memory that each entry takes until the end, for the list at the end of the archive.
   * The number was measured with commons-compress 1.28, without the characters of the name.
   */
  private static final long WEIGHT_OF_ENTRY = 768;

  /** Bytes of memory for a file that could not be read, without the characters of its name. */
  private static final long WEIGHT_OF_ERROR = 64;

  private final RemoteFiles files;
  private final List<String> paths;
  private final List<String> errors = new ArrayList<>();
  private final Lease held;

  private ZipDownload(RemoteFiles files, List<String> paths, Lease held) {
    this.files = files;
    this.paths = List.copyOf(paths);
    this.held = held;
  }

  static ZipDownload of(RemoteFiles files, List<String> paths, Lease held) {
    for (String path : paths) {
      FileAttributes itself =
          files
              .findItself(path)
              .orElseThrow(() -> new FileException(Reason.NOT_FOUND, "Path not found: " + path));
      if (!itself.isLink()) {
        UserFiles.requireRegular(itself, path);
      } else {
        // Links below /proc can be seen by everybody, but only their owner can read them.
        var unused = files.readLink(path);
      }
    }
    held.take(OpenFile.AHEAD + FetchedEntry.WEIGHT);
    return new ZipDownload(files, paths, held);
  }

  /** The name to suggest for the archive, without its extension. */
  public String name() {
    String only = paths.size() == 1 ? Paths.name(paths.getFirst()) : "download";
    return only.isEmpty() ? "archive" : only;
  }

  /** Writes the archive, without keeping its content in memory. */
  public void writeTo(OutputStream out) throws IOException {
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(out)) {
      zip.setUseZip64(Zip64Mode.AsNeeded);
      for (String path : paths) {
        String name = Paths.name(path);
        add(zip, path, name.isEmpty() ? "dir" : name);
      }
      addErrors(zip);
    }
  }

  private void add(ZipArchiveOutputStream zip, String path, String name) throws IOException {
    FileAttributes attributes;
    try {
      attributes = files.lstat(path);
    } catch (FileException failure) {
      addError(name, failure.getMessage());
      return;
    }
    add(zip, path, name, attributes, 0);
  }

  private void add(
      ZipArchiveOutputStream zip, String path, String name, FileAttributes attributes, int depth)
      throws IOException {
    switch (attributes.kind()) {
      case LINK -> addLink(zip, path, name, attributes);
      case FILE -> addFile(zip, path, name, attributes);
      case DIRECTORY -> addDirectory(zip, path, name, attributes, depth);
      case OTHER -> addError(name, "not a regular file");
    }
  }

  private void addDirectory(
      ZipArchiveOutputStream zip, String path, String name, FileAttributes attributes, int depth)
      throws IOException {
    long before = held.held();
    List<FileEntry> entries;
    try {
      if (depth > DEEPEST) {
        throw new FileException(
            Reason.INVALID,
            "folders are nested more than " + DEEPEST + " deep; archive a folder further down");
      }
      entries = files.list(path, MOST_ENTRIES, held);
    } catch (FileException failure) {
      held.giveBack(held.held() - before);
      addError(name, failure.getMessage());
      return;
    }
    long listed = held.held() - before;
    put(zip, name + "/", attributes, UnixStat.DIR_FLAG);
    zip.closeArchiveEntry();
    entries.sort(Comparator.comparing(FileEntry::name));
    for (int first = 0; first < entries.size(); ) {
      int end = endOfRun(entries, first);
      for (FetchedEntry folder : addRun(zip, path, name, entries.subList(first, end), depth + 1)) {
        addFetched(zip, path, name, folder, depth + 1);
      }
      first = end;
    }
    held.giveBack(listed);
  }

  /**
   * Adds entries that are fetched together, and returns the directories among them. They are added
   * when the contents of the others are no longer kept.
   */
  private List<FetchedEntry> addRun(
      ZipArchiveOutputStream zip, String path, String name, List<FileEntry> run, int depth)
      throws IOException {
    List<FetchedEntry> directories = new ArrayList<>();
    for (FetchedEntry fetched : FetchedEntry.fetch(files, child -> Paths.child(path, child), run)) {
      if (fetched.attributes().filter(FileAttributes::isDirectory).isPresent()) {
        directories.add(fetched);
      } else {
        addFetched(zip, path, name, fetched, depth);
      }
    }
    return directories;
  }

  /**
   * The end of the entries that are fetched together. A directory is fetched alone, so that the
   * archive has the order of the listing.
   */
  private static int endOfRun(List<FileEntry> entries, int first) {
    int end = first;
    while (end < entries.size()
        && end - first < FetchedEntry.MOST
        && !entries.get(end).attributes().isDirectory()) {
      end++;
    }
    return Math.max(end, first + 1);
  }

  private void addFetched(
      ZipArchiveOutputStream zip, String directory, String prefix, FetchedEntry fetched, int depth)
      throws IOException {
    String name = prefix + "/" + fetched.name();
    if (fetched.attributes().isEmpty()) {
      addError(name, fetched.failure().map(FileException::getMessage).orElse(null));
      return;
    }
    FileAttributes attributes = fetched.attributes().get();
    if (fetched.content().isPresent()) {
      put(zip, name, attributes, UnixStat.FILE_FLAG);
      zip.write(fetched.content().get());
      zip.closeArchiveEntry();
    } else {
      add(zip, Paths.child(directory, fetched.name()), name, attributes, depth);
    }
  }

  private void addLink(
      ZipArchiveOutputStream zip, String path, String name, FileAttributes attributes)
      throws IOException {
    try {
      byte[] target = FileNames.encode(files.readLink(path));
      put(zip, name, attributes, UnixStat.LINK_FLAG);
      zip.write(target);
      zip.closeArchiveEntry();
    } catch (FileException failure) {
      addError(name, failure.getMessage());
    }
  }

  private void addFile(
      ZipArchiveOutputStream zip, String path, String name, FileAttributes attributes)
      throws IOException {
    InputStream content;
    try {
      content = files.read(path, 0, Math.max(attributes.size(), 1));
    } catch (FileException failure) {
      addError(name, failure.getMessage());
      return;
    }
    try (content) {
      put(zip, name, attributes, UnixStat.FILE_FLAG);
      content.transferTo(zip);
      zip.closeArchiveEntry();
    }
  }

  private void put(ZipArchiveOutputStream zip, String name, FileAttributes attributes, int type)
      throws IOException {
    ZipArchiveEntry entry = new UnixEntry(name, type | attributes.permissions());
    entry.setLastModifiedTime(FileTime.from(attributes.modified()));
    if (type == UnixStat.FILE_FLAG) {
      // The size only decides whether the entry needs ZIP64. The archive states the number of bytes
      // that were read.
      entry.setSize(attributes.size());
    }
    held.take(WEIGHT_OF_ENTRY + 2L * name.length());
    zip.putArchiveEntry(entry);
  }

  /**
   * An entry that keeps backslashes in its name. In an entry without a mode, the library turns
   * backslashes into slashes.
   */
  private static final class UnixEntry extends ZipArchiveEntry {
    private UnixEntry(String name, int mode) {
      super(name);
      setUnixMode(mode);
      setName(name);
    }
  }

  private void addError(String name, @Nullable String problem) {
    String line = name + ": " + problem;
    held.take(WEIGHT_OF_ERROR + 2L * line.length());
    errors.add(line);
  }

  private void addErrors(ZipArchiveOutputStream zip) throws IOException {
    if (!errors.isEmpty()) {
      zip.putArchiveEntry(new ZipArchiveEntry(ERRORS));
      for (String error : errors) {
        zip.write((error + "\n").getBytes(StandardCharsets.UTF_8));
      }
      zip.closeArchiveEntry();
    }
  }

  @Override
  public void close() {
    files.close();
  }
}
