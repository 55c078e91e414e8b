package io.gatehouse.gateway.account;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder of small files. Each file exists whole or not at all, and only one caller can create it.
 *
 * <p>A file is written under another name and then linked. Linking fails if the name is taken, even
 * by another process or machine that shares the volume.
 */
final class Claims {

  /**
   * The C library's messages for ENOSPC and EDQUOT. Java's exceptions tell these errors by the
   * message only.
   */
  private static final List<String> FULL = List.of("No space left", "Disk quota exceeded");

  private final Path folder;

  Claims(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException failure) {
      throw failed("cannot make the folder " + folder, failure);
    }
  }

  /** Returns whether the file is there now with this content, created by this call or before. */
  boolean claim(String name, String content) {
    // At each start, all claims of all accounts are there already.
    return has(name, content) || create(name, content) || has(name, content);
  }

  boolean has(String name, String content) {
    return find(name).equals(Optional.of(content));
  }

  /** Creates the file, and returns false if a file of that name exists. */
  boolean create(String name, String content) {
    // This check only saves the writing of a file in vain. The link below decides.
    if (Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try {
      Path whole = Files.createTempFile(folder, ".new-", "");
      try {
        write(whole, content);
        Files.createLink(folder.resolve(name), whole);
        return true;
      } catch (FileAlreadyExistsException taken) {
        return false;
      } finally {
        Files.deleteIfExists(whole);
      }
    } catch (IOException failure) {
      throw failed("cannot write " + folder.resolve(name), failure);
    }
  }

  private static void write(Path file, String content) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  Optional<String> find(String name) {
    Path file = folder.resolve(name);
    // A start reads three files of each account, and this stream needs half of the work of Files.
    try (InputStream content = new FileInputStream(file.toFile())) {
      return Optional.of(new String(content.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException absentOrForbidden) {
      return findOrFail(file);
    } catch (IOException failure) {
      throw failed("cannot read " + file, failure);
    }
  }

  private static Optional<String> findOrFail(Path file) {
    try {
      return Optional.of(Files.readString(file));
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    } catch (IOException failure) {
      throw failed("cannot read " + file, failure);
    }
  }

  /** Deletes a claim of this gateway's that no record uses. */
  void release(String name) {
    try {
      Files.deleteIfExists(folder.resolve(name));
    } catch (IOException failure) {
      throw failed("cannot delete " + folder.resolve(name), failure);
    }
  }

  /** The names of all files, without those being written. */
  List<String> names() {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    } catch (IOException failure) {
      throw failed("cannot list " + folder, failure);
    }
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  private static AccountException failed(String what, IOException cause) {
    String message = String.valueOf(cause.getMessage());
    if (FULL.stream().anyMatch(message::contains)) {
      return new AccountException(
          AccountException.Reason.NO_SPACE,
          "there can be no new account, because the disk of the homes is full; an administrator"
              + " has to make room on it",
          cause);
    }
    return new AccountException(
        AccountException.Reason.REGISTRY,
        what + "; check the disk and the permissions of the folder",
        cause);
  }
}
