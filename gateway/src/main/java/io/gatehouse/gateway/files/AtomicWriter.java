package io.gatehouse.gateway.files;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.session.FileAttributes;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.RemoteFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Writes whole files so that no reader ever sees half of one, and a failure leaves the old content.
 *
 * <p>The content goes to a temporary file in the same folder, which then replaces the target. The
 * file is written in place only if that is impossible: the account may not write to the folder, or
 * the file belongs to another user who lets the account write it.
 */
final class AtomicWriter {

  /** The most links in a row that are followed, as on Linux. */
  private static final int MOST_LINKS = 40;

  private static final int RANDOM_BYTES = 8;

  private final RemoteFiles files;
  private final Account account;
  private final SecureRandom random = new SecureRandom();

  AtomicWriter(RemoteFiles files, Account account) {
    this.files = files;
    this.account = account;
  }

  /** The new content of the file. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes the file that the path leads to. Creates it, and all folders above it, if they are
   * missing.
   */
  void write(String path, Content content) throws IOException {
    String target = withoutLinks(path);
    Optional<FileAttributes> existing = files.find(target);
    existing.ifPresent(found -> requireFile(found, path));
    if (existing.isEmpty()) {
      new Folders(files).make(Paths.parent(target));
    }
    String temporary = Paths.child(Paths.parent(target), temporaryName());
    Optional<OutputStream> out = begin(temporary, existing);
    if (out.isPresent()) {
      writeBeside(target, temporary, out.get(), content);
    } else {
      try (OutputStream inPlace = files.overwrite(target)) {
        content.writeTo(inPlace);
      }
    }
  }

  private static void requireFile(FileAttributes found, String path) {
    if (found.isDirectory()) {
      throw new FileException(Reason.INVALID, "This is a folder, not a file; name a file: " + path);
    }
    UserFiles.requireRegular(found, path);
  }

  private String temporaryName() {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return ".gatehouse-" + HexFormat.of().formatHex(bytes) + ".tmp";
  }

  /** Opens the temporary file; empty if the target has to be written in place. */
  private Optional<OutputStream> begin(String temporary, Optional<FileAttributes> existing) {
    OutputStream out;
    try {
      out = files.create(temporary);
    } catch (FileException failure) {
      if (failure.reason() == Reason.DENIED && existing.isPresent()) {
        return Optional.empty();
      }
      throw failure;
    }
    if (existing.isEmpty() || takesAfter(existing.get(), temporary)) {
      return Optional.of(out);
    }
    discard(out, temporary);
    return Optional.empty();
  }

  /** Gives the new file the owner and mode of the old one; false if only root could do that. */
  private boolean takesAfter(FileAttributes old, String temporary) {
    try {
      FileAttributes made = files.lstat(temporary);
      if (old.owner() != made.owner() || old.group() != made.group()) {
        if (old.owner() != account.uid()) {
          return false;
        }
        files.setOwner(temporary, old.owner(), old.group());
      }
      if (old.permissions() != made.permissions()) {
        files.setPermissions(temporary, old.permissions());
      }
      return true;
    } catch (FileException refused) {
      return false;
    }
  }

  private void writeBeside(String target, String temporary, OutputStream out, Content content)
      throws IOException {
    boolean written = false;
    try {
      content.writeTo(out);
      out.close();
      files.replace(temporary, target);
      written = true;
    } finally {
      if (!written) {
        discard(out, temporary);
      }
    }
  }

  private void discard(OutputStream out, String temporary) {
    try {
      out.close();
    } catch (IOException | RuntimeException broken) {
      // Nothing to do here: the file is removed anyway.
    }
    try {
      files.remove(temporary);
    } catch (RuntimeException gone) {
      // The caller gets the first failure, not this one.
    }
  }

  /**
   * The path after following the links at its last name, even if the last of them leads to nothing
   * yet.
   */
  private String withoutLinks(String path) {
    String at = path;
    for (int links = 0; links < MOST_LINKS; links++) {
      Optional<FileAttributes> found = files.findItself(at);
      if (found.isEmpty() || !found.get().isLink()) {
        return at;
      }
      String link = files.readLink(at);
      at = link.startsWith("/") ? link : Paths.child(files.realPath(Paths.parent(at)), link);
    }
    throw new FileException(
        Reason.INVALID,
        "The path leads through too many links, perhaps in a circle; name the file itself: "
            + path);
  }
}
