package io.gatehouse.gateway.session;

import java.time.Instant;

/**
 * The attributes of a file that SFTP tells (draft-ietf-secsh-filexfer-02, section 5).
 *
 * @param size bytes
 * @param modified the time of the last change, to the second; for a single file, a time after 2038
 *     is shown as one before 1970 ({@code SftpTimes})
 * @param permissions the twelve bits of {@code chmod}
 * @param owner the owner's uid
 * @param group the group's gid
 */
public record FileAttributes(
    Kind kind, long size, Instant modified, int permissions, int owner, int group) {

  /** The attributes of the entry at a path. */
  public enum Kind {
    FILE,
    DIRECTORY,
    LINK,
    /** A device, a pipe or a socket. */
    OTHER
  }

  /** The same attributes with another time of modification. */
  public FileAttributes modified(Instant time) {
    return time.equals(modified)
        ? this
        : new FileAttributes(kind, size, time, permissions, owner, group);
  }

  public boolean isFile() {
    return kind == Kind.FILE;
  }

  public boolean isDirectory() {
    return kind == Kind.DIRECTORY;
  }

  public boolean isLink() {
    return kind == Kind.LINK;
  }
}
