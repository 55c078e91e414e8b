package io.gatehouse.gateway.files;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.files.NameSearch.Found;
import io.gatehouse.gateway.session.FileAttributes;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.RemoteFiles;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.session.ShellWord;
import java.util.Optional;

/** A folder that is searched by programs in the account's login. */
record SearchedFolder(Sessions sessions, Account account, String path, Lease held) {

  /**
   * Opens the account's files.
   *
   * @throws FileException NOT_FOUND if the folder does not exist
   */
  RemoteFiles open() {
    RemoteFiles files = sessions.of(account).files();
    boolean isThere = false;
    try {
      isThere = files.find(path).map(FileAttributes::isDirectory).orElse(false);
    } finally {
      if (!isThere) {
        files.close();
      }
    }
    if (!isThere) {
      throw new FileException(Reason.NOT_FOUND, "Search directory not found");
    }
    return files;
  }

  /** Starts a program in the folder. */
  Pipe start(String script) {
    return sessions
        .of(account)
        .pipe("cd -- " + ShellWord.quote(path) + " && " + script, ContentSearch.LIMIT);
  }

  /** Turns a path relative to the folder into an absolute path. */
  String absolute(String relative) {
    return Paths.child(path, relative);
  }

  /** Makes a result with the size and time of the file that its path leads to. */
  static Found found(String path, boolean directory, FileAttributes attributes) {
    return new Found(
        path, directory, attributes.size(), attributes.modified().toEpochMilli() / 1000.0);
  }

  /**
   * The attributes of the file that the path leads to; empty if there is none or the account may
   * not see it.
   */
  static Optional<FileAttributes> stat(RemoteFiles files, String path) {
    try {
      return files.find(path);
    } catch (FileException closed) {
      return Optional.empty();
    }
  }
}
