package io.gatehouse.gateway.files;

import io.gatehouse.gateway.files.archive.ArchiveSource;
import io.gatehouse.gateway.session.FileAttributes;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.RemoteFiles;
import io.gatehouse.gateway.session.Session;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/**
 * A ZIP archive that is made while it is sent. Links are stored as links. Files that cannot be read
 * are named in {@code _errors.txt} at its end.
 */
public final class ZipDownload implements AutoCloseable {

  private static final String ERRORS = "_errors.txt";

  /**
   * Bytes of memory that each entry takes until the end, for the list at the end of the archive.
   * The number was measured with commons-compress 1.28, without the characters of the name.
   */
  private static final long WEIGHT_OF_ENTRY = 768;

  /** Bytes of memory for a file that could not be read, without the characters of its name. */
  private static final long WEIGHT_OF_ERROR = 64;

  private final String name;
  private final ArchiveSource source;
  private final Lease held;

  private ZipDownload(String name, ArchiveSource source, Lease held) {
    this.name = name;
    this.source = source;
    this.held = held;
  }

  /**
   * Checks the paths, and starts to read the files.
   *
   * @throws FileException NOT_FOUND if there is nothing at one of the paths
   */
  static ZipDownload open(Session session, List<String> paths, Lease held) {
    try (RemoteFiles files = session.files()) {
      paths.forEach(path -> requireArchivable(files, path));
    }
    held.take(OpenFile.AHEAD);
    ArchiveSource source =
        ArchiveSource.open(
            session, paths.stream().map(path -> Map.entry(path, nameOf(path, "dir"))).toList());
    String name = paths.size() == 1 ? nameOf(paths.getFirst(), "archive") : "download";
    return new ZipDownload(name, source, held);
  }

  /** The last name of a path, or the other name for {@code /}. */
  private static String nameOf(String path, String ofRoot) {
    String name = Paths.name(path);
    return name.isEmpty() ? ofRoot : name;
  }

  /**
   * Refuses a path at which there is nothing that can be archived.
   *
   * @throws FileException NOT_FOUND if there is nothing at all
   */
  private static void requireArchivable(RemoteFiles files, String path) {
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

  /** The name to suggest for the archive, without its extension. */
  public String name() {
    return name;
  }

  /**
   * Writes the archive, without keeping its content in memory. If this fails, the end of the
   * archive is missing, and the stream is as open as it was: who closes it says that it is whole.
   */
  public void writeTo(OutputStream out) throws IOException {
    try (Zip zip = new Zip(out)) {
      source.sendTo(zip);
      zip.closeEntry();
      zip.addErrors();
      zip.finish();
    }
  }

  /** Makes the archive of what the user's login sends. */
  private final class Zip extends ZipArchiveOutputStream implements ArchiveSource.Receiver {

    private final List<String> errors = new ArrayList<>();
    private boolean isInEntry;

    private Zip(OutputStream out) {
      super(out);
      setUseZip64(Zip64Mode.AsNeeded);
    }

    @Override
    public void begin(String path, int mode, Instant modified, long size) throws IOException {
      closeEntry();
      ZipArchiveEntry entry = new UnixEntry(path, mode);
      entry.setLastModifiedTime(FileTime.from(modified));
      // The size only decides whether the entry needs ZIP64. The archive states the number of bytes
      // that were read.
      entry.setSize(size);
      held.take(WEIGHT_OF_ENTRY + 2L * path.length());
      putArchiveEntry(entry);
      isInEntry = true;
    }

    @Override
    public void content(byte[] bytes, int length) throws IOException {
      write(bytes, 0, length);
    }

    @Override
    public void leftOut(String problem) {
      held.take(WEIGHT_OF_ERROR + 2L * problem.length());
      errors.add(problem);
    }

    private void closeEntry() throws IOException {
      if (isInEntry) {
        closeArchiveEntry();
        isInEntry = false;
      }
    }

    private void addErrors() throws IOException {
      if (!errors.isEmpty()) {
        putArchiveEntry(new ZipArchiveEntry(ERRORS));
        for (String error : errors) {
          write((error + "\n").getBytes(StandardCharsets.UTF_8));
        }
        closeArchiveEntry();
      }
    }

    /**
     * Gives the memory of the compression back. The library's own method would also write the end
     * of the archive, even after a failure, and close the stream.
     */
    @Override
    public void close() {
      def.end();
    }
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

  /** Ends the program that reads the files. */
  @Override
  public void close() {
    source.close();
  }
}
