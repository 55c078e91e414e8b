package io.gatehouse.gateway.files;

import com.github.benmanes.caffeine.cache.Ticker;
import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.session.FileAttributes;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.RemoteFiles;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.session.ShellWord;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/** Moves and deletes whole trees. Programs in the user's login do what SFTP cannot do. */
final class Trees {

  /** The limit for operations that take longer for a larger tree. */
  private static final Duration TREE_LIMIT = Duration.ofMinutes(4);

  private final Sessions sessions;
  private final RecentMoves recentMoves =
      new RecentMoves(TREE_LIMIT.plus(Duration.ofSeconds(10)), Ticker.systemTicker());

  Trees(Sessions sessions) {
    this.sessions = sessions;
  }

  private RemoteFiles open(Account account) {
    return sessions.of(account).files();
  }

  /** Moves a file or directory to a name that is free, also to another file system. */
  void move(Account account, String source, String destination) {
    recentMoves.move(
        new RecentMoves.Move(account.name().toString(), source, destination),
        () -> moveNow(account, source, destination),
        moved -> isMoved(account, source, destination, moved));
  }

  private FileAttributes moveNow(Account account, String source, String destination) {
    try (RemoteFiles files = open(account)) {
      FileAttributes moved =
          files
              .findItself(source)
              .orElseThrow(() -> new FileException(Reason.NOT_FOUND, "Source path not found"));
      if (!files.find(Paths.parent(destination)).map(FileAttributes::isDirectory).orElse(false)) {
        throw new FileException(Reason.INVALID, "Destination parent directory not found");
      }
      if (files.findItself(destination).isPresent()) {
        throw new FileException(Reason.EXISTS, "Destination already exists");
      }
      try {
        files.rename(source, destination);
        return moved;
      } catch (FileException failure) {
        if (failure.reason() != Reason.FAILED) {
          throw failure;
        }
      }
      // SFTP does not tell why the rename failed. Most likely the two names are on different file
      // systems.
      run(account, "mv -n -T --", source, destination);
      // If the destination was created meanwhile, mv of coreutils before 9.2 does nothing and
      // reports no error.
      if (files.findItself(source).isPresent()) {
        throw new FileException(Reason.EXISTS, "Destination already exists");
      }
      return files.lstat(destination);
    }
  }

  private boolean isMoved(
      Account account, String source, String destination, FileAttributes moved) {
    try (RemoteFiles files = open(account)) {
      return files.findItself(source).isEmpty()
          && files.findItself(destination).filter(moved::equals).isPresent();
    }
  }

  /** Deletes a file, a link or a whole directory; returns whether it was a directory. */
  boolean delete(Account account, String path) {
    try (RemoteFiles files = open(account)) {
      FileAttributes itself =
          files
              .findItself(path)
              .orElseThrow(() -> new FileException(Reason.NOT_FOUND, "Path not found"));
      if (!itself.isDirectory()) {
        files.remove(path);
        return itself.isLink() && files.find(path).map(FileAttributes::isDirectory).orElse(false);
      }
      requireDeletable(account, files, path);
    }
    run(account, "rm -rf --one-file-system --preserve-root=all --", path);
    return true;
  }

  private static void requireDeletable(Account account, RemoteFiles files, String path) {
    String real = files.realPath(path);
    String home = files.realPath(account.home().toString());
    if (real.equals("/") || (home + "/").startsWith(real + "/")) {
      throw new FileException(
          Reason.INVALID, "Neither the home directory nor one above it can be deleted");
    }
  }

  private void run(Account account, String program, String... paths) {
    StringBuilder text = new StringBuilder("exec ").append(program);
    for (String path : paths) {
      text.append(' ').append(ShellWord.quote(path));
    }
    try (Pipe pipe = sessions.of(account).pipe(text.toString(), TREE_LIMIT)) {
      pipe.output().transferTo(OutputStream.nullOutputStream());
      if (pipe.exit().code() != 0) {
        throw complaint(pipe);
      }
    } catch (IOException failure) {
      throw new FileException(
          Reason.FAILED,
          "The operation broke off and may be done in part; look what is there, and try again",
          failure);
    }
  }

  private static FileException complaint(Pipe pipe) {
    if (pipe.timedOut()) {
      return new FileException(
          Reason.FAILED,
          "It took more than "
              + TREE_LIMIT.toMinutes()
              + " minutes and was ended, perhaps half-way; do it with a command");
    }
    String first = pipe.errors().lines().findFirst().orElse("It failed and does not say why");
    String sentence = first.replaceFirst("^[a-z]+: ", "");
    if (first.contains("Permission denied") || first.contains("Operation not permitted")) {
      return new FileException(Reason.DENIED, sentence);
    }
    if (first.contains("No space left") || first.contains("Disk quota exceeded")) {
      return new FileException(Reason.NO_SPACE, sentence);
    }
    return new FileException(Reason.INVALID, sentence);
  }
}
