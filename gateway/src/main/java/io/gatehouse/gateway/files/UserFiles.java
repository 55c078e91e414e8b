package io.gatehouse.gateway.files;

import com.github.benmanes.caffeine.cache.Ticker;
import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.session.FileAttributes;
import io.gatehouse.gateway.session.FileEntry;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.FileNames;
import io.gatehouse.gateway.session.HeldBytes;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.RemoteFiles;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.session.ShellWord;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What can be done with the files that an account can reach. Paths are absolute. */
public final class UserFiles {

  /** Entries of one listing, beyond which nobody scrolls. */
  private static final int MOST_ENTRIES = 100_000;

  /** Bytes of a file in which texts are replaced, because it is kept in memory. */
  private static final long LARGEST_EDITED = 16 * 1024 * 1024;

  /** Bytes of a file name on Linux. */
  private static final int LONGEST_NAME = 255;

  /** For what takes as long as a tree is large. */
  private static final Duration TREE_LIMIT = Duration.ofMinutes(4);

  private static final int OWNER_WRITES = 0200;
  private static final int GROUP_WRITES = 0020;
  private static final int OTHERS_WRITE = 0002;

  private final Sessions sessions;
  private final Documents documents;
  private final RecentMoves recentMoves =
      new RecentMoves(TREE_LIMIT.plus(Duration.ofSeconds(10)), Ticker.systemTicker());

  public UserFiles(Sessions sessions, Documents documents) {
    this.sessions = sessions;
    this.documents = documents;
  }

  private RemoteFiles open(Account account) {
    return sessions.of(account).files();
  }

  /** Whether there is a plain file at the path, or a link to one. */
  public boolean isFile(Account account, String path) {
    try (RemoteFiles files = open(account)) {
      return files.find(path).map(FileAttributes::isFile).orElse(false);
    }
  }

  /**
   * The entries of a directory.
   *
   * @param held what they are held on
   */
  public Listing list(Account account, String directory, Lease held) {
    try (RemoteFiles files = open(account)) {
      FileAttributes itself = requireDirectory(files, directory);
      int most = (int) Math.min(MOST_ENTRIES, held.most() / Listing.LARGEST_ENTRY);
      List<FileEntry> found = files.list(directory, most, held);
      held.take(Listing.WEIGHT_OF_ENTRY * found.size());
      List<Listing.Entry> entries = new ArrayList<>(found.size());
      for (FileEntry entry : found) {
        followed(files, directory, entry)
            .ifPresent(
                attributes ->
                    entries.add(
                        new Listing.Entry(
                            entry.name(),
                            attributes.isDirectory(),
                            attributes.size(),
                            attributes.modified(),
                            mayWrite(account, attributes))));
      }
      entries.sort(Comparator.comparing(Listing.Entry::name));
      boolean writable = mayWrite(account, itself) && !files.space(directory).readOnly();
      return new Listing(writable, entries, found.size() == most);
    }
  }

  /** A link is what it leads to; one that leads nowhere is not shown, as in Open Terminal. */
  private static Optional<FileAttributes> followed(
      RemoteFiles files, String directory, FileEntry entry) {
    if (!entry.attributes().isLink()) {
      return Optional.of(entry.attributes());
    }
    try {
      return files.find(Paths.child(directory, entry.name()));
    } catch (FileException closed) {
      return Optional.empty();
    }
  }

  /** By the permission bits; what access lists and other groups add is not known here. */
  private static boolean mayWrite(Account account, FileAttributes attributes) {
    int bit =
        attributes.owner() == account.uid()
            ? OWNER_WRITES
            : attributes.group() == account.uid() ? GROUP_WRITES : OTHERS_WRITE;
    return (attributes.permissions() & bit) != 0;
  }

  private static FileAttributes requireDirectory(RemoteFiles files, String path) {
    return files
        .find(path)
        .filter(FileAttributes::isDirectory)
        .orElseThrow(() -> new FileException(Reason.NOT_FOUND, "Directory not found"));
  }

  private static FileAttributes requireFile(RemoteFiles files, String path) {
    return requireFile(files, path, "File not found");
  }

  /**
   * A pipe or a device is refused before anything opens it: opening one may wait for ever, and
   * reading one may never end. Somebody who puts a pipe there after this look makes only himself
   * wait, at most as long as one SFTP request or one program may take.
   *
   * @param absent the sentence where there is no file
   */
  private static FileAttributes requireFile(RemoteFiles files, String path, String absent) {
    FileAttributes found =
        files.find(path).orElseThrow(() -> new FileException(Reason.NOT_FOUND, absent));
    if (found.isDirectory()) {
      throw new FileException(Reason.NOT_FOUND, absent);
    }
    requireRegular(found, path);
    return found;
  }

  /** Refuses what is neither a file nor a folder. */
  static void requireRegular(FileAttributes found, String path) {
    if (!found.isFile() && !found.isDirectory()) {
      throw new FileException(
          Reason.INVALID, "This is not a regular file but a pipe, a socket or a device: " + path);
    }
  }

  /**
   * Opens a file for its bytes.
   *
   * @param held what is read ahead is held on
   */
  public OpenFile openFile(Account account, String path, Lease held) {
    return opened(
        account,
        files -> new OpenFile(files, sessions.of(account), path, requireFile(files, path), held));
  }

  /**
   * Opens a file for some lines of its text, which is extracted where the file is a document; or
   * for its bytes, where it holds no text.
   *
   * @param held what is read ahead, and the whole text of a document, is held on
   */
  public OpenContent openContent(Account account, String path, long first, long last, Lease held)
      throws IOException {
    return opened(
        account,
        files -> {
          FileAttributes attributes = requireFile(files, path);
          if (Documents.isDocument(path)) {
            HeldBytes extracted = documents.text(sessions.of(account), path, held);
            Reader reader = new InputStreamReader(extracted.stream(), StandardCharsets.UTF_8);
            return new OpenText(files, reader, first, last);
          }
          Optional<TextFile> text = TextFile.open(files, path, attributes, held);
          return text.isPresent()
              ? new OpenText(files, text.get().reader(), first, last)
              : new OpenFile(files, sessions.of(account), path, attributes, held);
        });
  }

  /** Something that keeps the channel if it does not fail. */
  @FunctionalInterface
  private interface Opening<T, E extends Exception> {
    T with(RemoteFiles files) throws E;
  }

  private <T, E extends Exception> T opened(Account account, Opening<T, E> opening) throws E {
    RemoteFiles files = open(account);
    boolean isOpen = false;
    try {
      T made = opening.with(files);
      isOpen = true;
      return made;
    } finally {
      if (!isOpen) {
        files.close();
      }
    }
  }

  /**
   * Writes a text as a whole file, with all folders above it; returns its size in bytes.
   *
   * <p>An editor reads a file, shows U+FFFD for each of its bytes that is not UTF-8, and writes all
   * of it back: then these bytes are written as they were.
   *
   * @param text is held by the caller
   * @param held what else has to be in memory is held on
   */
  public long write(Account account, String path, Utf8Text text, Lease held) throws IOException {
    try (RemoteFiles files = open(account)) {
      held.take(OpenFile.AHEAD);
      Utf8Text content = content(files, path, text, held);
      new AtomicWriter(files, account).write(path, content::writeTo);
      return content.length();
    }
  }

  private static Utf8Text content(RemoteFiles files, String path, Utf8Text text, Lease held)
      throws IOException {
    if (text.hasUnreadable()) {
      try {
        Optional<EditedText> old = utf8(files, path, held);
        if (old.isPresent()) {
          held.take(EditedText.WEIGHT * text.length());
          byte[] bytes = old.get().withAll(text.text());
          return new Utf8Text(bytes, 0, bytes.length);
        }
      } catch (FileException unreadable) {
        // What cannot be read was not shown in an editor, and may be written nevertheless.
      }
    }
    return text;
  }

  /** The text of a file in UTF-8 that does not show all of its bytes. */
  private static Optional<EditedText> utf8(RemoteFiles files, String path, Lease held)
      throws IOException {
    Optional<FileAttributes> attributes =
        files.find(path).filter(file -> file.isFile() && file.size() <= LARGEST_EDITED);
    Optional<TextFile> file =
        attributes.isPresent()
            ? TextFile.open(files, path, attributes.get(), held)
            : Optional.empty();
    return file.filter(text -> text.decoding().equals(TextDecoding.UTF_8)).isPresent()
        ? Optional.of(file.get().edited(LARGEST_EDITED, held)).filter(EditedText::hasUnreadable)
        : Optional.empty();
  }

  /** What is uploaded. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it; a failure leaves the file as it was. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file of any size.
   *
   * @param held what is on its way is held on
   */
  public void upload(Account account, String path, Content content, Lease held) throws IOException {
    try (RemoteFiles files = open(account)) {
      held.take(OpenFile.AHEAD);
      new AtomicWriter(files, account).write(path, content::writeTo);
    }
  }

  /** Says in a sentence why a file cannot be called so, or nothing if it can. */
  public static Optional<String> problemOfName(String name) {
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      return Optional.of("A file needs a name other than '.' and '..'");
    }
    if (name.indexOf('/') >= 0 || name.indexOf('\0') >= 0) {
      return Optional.of("A file's name has no slash and no NUL character in it");
    }
    return FileNames.encode(name).length <= LONGEST_NAME
        ? Optional.empty()
        : Optional.of("A file's name has at most " + LONGEST_NAME + " bytes");
  }

  /** Makes a directory and all that are missing above it. */
  public void makeDirectory(Account account, String path) {
    try (RemoteFiles files = open(account)) {
      new Folders(files).make(path);
    }
  }

  /**
   * Makes all the replacements in a file, or none; returns its new size in bytes.
   *
   * @param held the text and what is made of it are held on
   */
  public long replace(Account account, String path, List<Replacement> replacements, Lease held)
      throws IOException {
    try (RemoteFiles files = open(account)) {
      FileAttributes attributes = requireFile(files, path);
      TextFile file =
          TextFile.open(files, path, attributes, held)
              .orElseThrow(
                  () -> new FileException(Reason.INVALID, "This file holds no text: " + path));
      byte[] edited = file.edited(LARGEST_EDITED, held).with(replacements, held);
      new AtomicWriter(files, account).write(path, out -> out.write(edited));
      return edited.length;
    }
  }

  /** Moves a file or directory to a name that is free, also to another file system. */
  public void move(Account account, String source, String destination) {
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
      // SFTP does not tell why; most likely the names are on two file systems.
      run(account, "mv -n -T --", source, destination);
      // Where the destination came meanwhile, mv of coreutils before 9.2 does nothing, silently.
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
  public boolean delete(Account account, String path) {
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
      throw new FileException(Reason.FAILED, "The operation was cut short", failure);
    }
  }

  private static FileException complaint(Pipe pipe) {
    if (pipe.timedOut()) {
      return new FileException(
          Reason.FAILED, "It took more than " + TREE_LIMIT.toMinutes() + " minutes and was ended");
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

  /**
   * Prepares a ZIP archive of files and directories.
   *
   * @param held what it has to remember is held on
   * @throws FileException NOT_FOUND if one of them does not exist
   */
  public ZipDownload archive(Account account, List<String> paths, Lease held) {
    return opened(account, files -> ZipDownload.of(files, paths, held));
  }

  /**
   * A rendering of an office file as PDF, or nothing for other files, which are shown as they are.
   *
   * @param held it is held on
   * @throws FileException UNSUPPORTED_TYPE where this cannot be made
   */
  public Optional<HeldBytes> preview(Account account, String path, Lease held) {
    if (!Documents.isPreviewed(path)) {
      return Optional.empty();
    }
    try (RemoteFiles files = open(account)) {
      var unused = requireFile(files, path);
    }
    return Optional.of(documents.preview(sessions.of(account), path, held));
  }

  /**
   * Compares the texts of two files; returns JSON.
   *
   * @param held it is held on
   */
  public HeldBytes compare(
      Account account, String original, String revised, boolean ignoreWhitespace, Lease held)
      throws IOException {
    try (RemoteFiles files = open(account)) {
      return documents.comparison(
          sessions.of(account),
          compared(files, original, held),
          compared(files, revised, held),
          ignoreWhitespace,
          held);
    }
  }

  /** How a file is to be read for a comparison, which is as it is read elsewhere. */
  private static Documents.Compared compared(RemoteFiles files, String path, Lease held)
      throws IOException {
    FileAttributes attributes = requireFile(files, path, Paths.name(path) + ": File not found.");
    if (Documents.isDocument(path) || attributes.size() > Documents.LARGEST_COMPARED) {
      return new Documents.Compared(path, Optional.empty());
    }
    TextFile file =
        TextFile.open(files, path, attributes, held)
            .orElseThrow(
                () ->
                    new FileException(
                        Reason.UNREADABLE, Paths.name(path) + ": Unsupported binary file."));
    return new Documents.Compared(path, Optional.of(file.decoding().charset()));
  }
}
