package io.gatehouse.gateway.files;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.files.text.TextDecoding;
import io.gatehouse.gateway.session.FileAttributes;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.FileNames;
import io.gatehouse.gateway.session.HeldBytes;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.RemoteFiles;
import io.gatehouse.gateway.session.Sessions;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Reads and changes the files that an account can reach. Paths are absolute. */
public final class UserFiles {

  /** The largest file, in bytes, in which texts can be replaced. It is kept in memory. */
  private static final long LARGEST_EDITED = 16 * 1024 * 1024;

  private static final String NO_TEXT = "This is not a text file, and only text can be replaced: ";

  /** The most bytes of a file name on Linux. */
  private static final int LONGEST_NAME = 255;

  private final Sessions sessions;
  private final Documents documents;
  private final Listings listings;
  private final Trees trees;
  private final Comparisons comparisons;

  public UserFiles(Sessions sessions, Documents documents) {
    this.sessions = sessions;
    this.documents = documents;
    this.listings = new Listings(sessions);
    this.trees = new Trees(sessions);
    this.comparisons = new Comparisons(sessions, documents);
  }

  private RemoteFiles open(Account account) {
    return sessions.of(account).files();
  }

  /** Whether there is a regular file at the path, or a link to a regular file. */
  public boolean isFile(Account account, String path) {
    try (RemoteFiles files = open(account)) {
      return files.find(path).map(FileAttributes::isFile).orElse(false);
    }
  }

  /**
   * The entries of a directory.
   *
   * @param held counts the memory of the entries
   */
  public Listing list(Account account, String directory, Lease held) {
    return listings.list(account, directory, held);
  }

  private static FileAttributes requireFile(RemoteFiles files, String path) {
    return requireFile(files, path, "File not found");
  }

  /**
   * Returns the attributes of a file. Refuses a path where there is no regular file, before
   * anything opens it: to open a pipe may wait for ever, and to read a device may never end. A user
   * who puts a pipe there after this check makes only their own request wait, for the limit of one
   * SFTP request or one program.
   *
   * @param absent the error text if there is no file
   */
  static FileAttributes requireFile(RemoteFiles files, String path, String absent) {
    FileAttributes found =
        files.find(path).orElseThrow(() -> new FileException(Reason.NOT_FOUND, absent));
    if (found.isDirectory()) {
      throw new FileException(Reason.NOT_FOUND, absent);
    }
    requireRegular(found, path);
    return found;
  }

  /** Refuses everything that is neither a file nor a folder. */
  public static void requireRegular(FileAttributes found, String path) {
    if (!found.isFile() && !found.isDirectory()) {
      throw new FileException(
          Reason.INVALID, "This is not a regular file but a pipe, a socket or a device: " + path);
    }
  }

  /**
   * Opens a file to read its bytes.
   *
   * @param held counts the memory of the bytes that are read ahead
   */
  public OpenFile openFile(Account account, String path, Lease held) {
    return opened(
        account,
        files -> new OpenFile(files, sessions.of(account), path, requireFile(files, path), held));
  }

  /**
   * Opens a file to read some lines of its text, which is extracted if the file is a document. If
   * it holds no text, the file is opened to read its bytes.
   *
   * @param held counts the memory of the bytes that are read ahead, and of the whole text of a
   *     document
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

  /** Opens an object that keeps the SFTP channel; if this fails, the channel is closed. */
  @FunctionalInterface
  private interface Opening<T, E extends Exception> {
    T with(RemoteFiles files) throws E;
  }

  private <T, E extends Exception> T opened(Account account, Opening<T, E> opening) throws E {
    RemoteFiles files = open(account);
    try {
      return opening.with(files);
    } catch (Throwable failure) {
      files.close();
      throw failure;
    }
  }

  /**
   * Writes a text as a whole file, with all folders above it; returns its size in bytes.
   *
   * <p>An editor shows U+FFFD for each byte of a file that is not UTF-8, and writes the whole text
   * back. The bytes behind these U+FFFD are then written as they were.
   *
   * @param text the new content; its memory is counted by the caller
   * @param held counts the other memory that is needed
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
        // An editor cannot have shown a file that cannot be read. The text is written as it is.
      }
    }
    return text;
  }

  /** The text of a UTF-8 file, if it shows U+FFFD for some of its bytes. */
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

  /** The content of an upload. */
  @FunctionalInterface
  public interface Content {
    /** Writes the whole content; a failure leaves the file as it was. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file of any size.
   *
   * @param held counts the memory of the bytes that are on their way
   */
  public void upload(Account account, String path, Content content, Lease held) throws IOException {
    try (RemoteFiles files = open(account)) {
      held.take(OpenFile.AHEAD);
      new AtomicWriter(files, account).write(path, content::writeTo);
    }
  }

  /** Says in a sentence why a file cannot have this name; empty if it can. */
  public static Optional<String> problemOfName(String name) {
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      return Optional.of("A file needs a name other than '.' and '..'");
    }
    if (name.indexOf('/') >= 0 || name.indexOf('\0') >= 0) {
      return Optional.of("A file's name must not contain a slash or a NUL character");
    }
    return FileNames.encode(name).length <= LONGEST_NAME
        ? Optional.empty()
        : Optional.of("A file's name must have at most " + LONGEST_NAME + " bytes");
  }

  /** Makes a directory and all missing directories above it. */
  public void makeDirectory(Account account, String path) {
    try (RemoteFiles files = open(account)) {
      new Folders(files).make(path);
    }
  }

  /**
   * Makes all the replacements in a file, or none; returns its new size in bytes.
   *
   * @param held counts the memory of the text and its edited forms
   */
  public long replace(Account account, String path, List<Replacement> replacements, Lease held)
      throws IOException {
    try (RemoteFiles files = open(account)) {
      FileAttributes attributes = requireFile(files, path);
      TextFile file =
          TextFile.open(files, path, attributes, held)
              .orElseThrow(() -> new FileException(Reason.INVALID, NO_TEXT + path));
      byte[] edited = file.edited(LARGEST_EDITED, held).with(replacements, held);
      new AtomicWriter(files, account).write(path, out -> out.write(edited));
      return edited.length;
    }
  }

  /** Moves a file or directory to a name that does not exist yet, also to another file system. */
  public void move(Account account, String source, String destination) {
    trees.move(account, source, destination);
  }

  /** Deletes a file, a link or a whole directory; returns whether it was a directory. */
  public boolean delete(Account account, String path) {
    return trees.delete(account, path);
  }

  /**
   * Prepares a ZIP archive of files and directories.
   *
   * @param held counts the memory that the archive needs while it is written
   * @throws FileException NOT_FOUND if one of the paths does not exist
   */
  public ZipDownload archive(Account account, List<String> paths, Lease held) {
    return ZipDownload.open(sessions.of(account), paths, held);
  }

  /**
   * A rendering of an office file as PDF, or nothing for other files, which are shown as they are.
   *
   * @param held counts the memory of the PDF
   * @throws FileException UNSUPPORTED_TYPE if LibreOffice is not installed
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
   * @param held counts the memory of the answer
   */
  public HeldBytes compare(
      Account account, String original, String revised, boolean ignoreWhitespace, Lease held)
      throws IOException {
    return comparisons.compare(account, original, revised, ignoreWhitespace, held);
  }
}
