package io.gatehouse.gateway.session;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/**
 * The files that an account can reach, over SFTP in its login. One caller uses it at a time.
 *
 * <p>Paths are absolute, in the spelling of {@link FileNames}. All methods throw {@link
 * FileException} for what the file system refuses, and {@link SessionException} for a login that is
 * lost.
 */
public interface RemoteFiles extends AutoCloseable {

  /** The attributes of the file that the path leads to, through all links. */
  FileAttributes stat(String path);

  /** The attributes of the entry at the path itself, which may be a link. */
  FileAttributes lstat(String path);

  /** The attributes of the file that the path leads to; empty if there is none. */
  default Optional<FileAttributes> find(String path) {
    return absentIfNotFound(() -> stat(path));
  }

  /** The attributes of the entry at the path itself; empty if there is none. */
  default Optional<FileAttributes> findItself(String path) {
    return absentIfNotFound(() -> lstat(path));
  }

  private static Optional<FileAttributes> absentIfNotFound(
      java.util.function.Supplier<FileAttributes> look) {
    try {
      return Optional.of(look.get());
    } catch (FileException failure) {
      if (failure.reason() == FileException.Reason.NOT_FOUND) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /**
   * The entries of a directory in no order, without {@code .} and {@code ..}.
   *
   * @param most the number of entries after which listing stops
   * @param lease counts the memory of the entries
   */
  List<FileEntry> list(String directory, int most, Lease lease);

  /** The path without links, {@code .} and {@code ..}; every part of it must exist. */
  String realPath(String path);

  String readLink(String path);

  /**
   * Reads from an offset on. Several SFTP requests are always under way, so that no read waits for
   * the answer to the one before.
   *
   * @param length the most bytes to read
   */
  InputStream read(String path, long offset, long length);

  /**
   * Creates a file and writes it; fails if the path exists already. The account's umask applies.
   */
  OutputStream create(String path);

  /** Empties a file that exists and writes it. */
  OutputStream overwrite(String path);

  void makeDirectory(String path);

  /** Removes one file or link. */
  void remove(String path);

  /** Renames a file, directory or link; fails if the new name exists already. */
  void rename(String from, String to);

  /** Renames a file over another one, in one step. */
  void replace(String from, String to);

  /** Sets the permission bits. */
  void setPermissions(String path, int permissions);

  /** Sets owner and group. */
  void setOwner(String path, int owner, int group);

  /**
   * The room that the path's file system has left for this account, and whether it may be written
   * at all.
   */
  Space space(String path);

  /** The room that a file system has left. */
  record Space(long freeBytes, long freeFiles, boolean readOnly) {}

  /** Gives the channel back, for the next caller. */
  @Override
  void close();
}
