package io.gatehouse.gateway.files;

import io.gatehouse.gateway.session.FileAttributes;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.RemoteFiles;
import io.gatehouse.gateway.session.Session;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** A file that is open for reading its bytes. Closing it gives its SFTP channel back. */
public final class OpenFile implements OpenContent {

  /**
   * The largest file, in bytes, whose content {@link #small} returns. One SFTP request reads this
   * much.
   */
  static final int SMALL = 128 * 1024;

  /**
   * Bytes of memory for content on its way to or from a file, while the receiver is slower than the
   * sender.
   */
  public static final long AHEAD = 768 * 1024;

  /**
   * The most bytes of a file whose size is given as 0, such as the files in /proc. Such a file is
   * read completely to find out its size.
   */
  static final int LARGEST_WITHOUT_SIZE = 1024 * 1024;

  private final RemoteFiles files;
  private final Session session;
  private final String path;
  private final FileAttributes attributes;
  private final Lease held;

  OpenFile(RemoteFiles files, Session session, String path, FileAttributes attributes, Lease held) {
    this.files = files;
    this.session = session;
    this.path = path;
    this.attributes = attributes;
    this.held = held;
  }

  public FileAttributes attributes() {
    return attributes;
  }

  /**
   * The whole content of a small file; empty for a larger file.
   *
   * @throws FileException TOO_LARGE for a file without a size that has more than {@value
   *     #LARGEST_WITHOUT_SIZE} bytes
   */
  public Optional<byte[]> small() throws IOException {
    if (attributes.size() > SMALL) {
      return Optional.empty();
    }
    boolean sized = attributes.size() > 0;
    long most = sized ? attributes.size() : (long) LARGEST_WITHOUT_SIZE + 1;
    held.take(2 * most);
    try (InputStream in = files.read(path, 0, most)) {
      byte[] all = in.readAllBytes();
      requireBound(all.length, path);
      held.giveBack(2 * most - all.length);
      return Optional.of(all);
    }
  }

  /** Refuses a file without a size that is too long to be read completely. */
  static void requireBound(int length, String path) {
    if (length > LARGEST_WITHOUT_SIZE) {
      throw new FileException(
          Reason.TOO_LARGE,
          "The file states no size, as files in /proc do, and has more than "
              + LARGEST_WITHOUT_SIZE
              + " bytes; read it with a command: "
              + path);
    }
  }

  /**
   * The file's stamp. A program in the user's login reads it, which is slower than a request over
   * SFTP.
   */
  public Optional<FileStamp> stamp() {
    return FileStamp.read(session, path);
  }

  /** Reads a part of the file's bytes. Several SFTP requests are under way at a time. */
  public InputStream content(long offset, long length) {
    held.take(AHEAD);
    return files.read(path, offset, length);
  }

  @Override
  public void close() {
    files.close();
  }
}
