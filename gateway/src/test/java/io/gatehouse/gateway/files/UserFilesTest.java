package io.gatehouse.gateway.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.session.Budgets;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.HeldBytes;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.support.InProcessLogins;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.sshd.sftp.common.SftpConstants;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the operations on files, with local files over SFTP. */
@Timeout(120)
class UserFilesTest {

  @AutoClose private InProcessLogins logins;

  private Account alice;
  private Path home;
  private UserFiles files;

  private final Lease held = Budgets.lease();

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    logins = new InProcessLogins(folder);
    alice = logins.sshd().accountAtHome();
    home = logins.sshd().home();
    files = new UserFiles(logins, documents(Optional.of(program("office", OFFICE))));
  }

  /**
   * Takes the place of the JVM that reads documents, and prints its operation and its last
   * arguments.
   */
  private static final String JAVA =
      """
      while [[ $1 != -jar ]]; do shift; done
      shift 2
      case $* in
        *broken*) echo 'It is broken' >&2; exit 3 ;;
        *large*) exit 1 ;;
        *) printf '%s\\n' "$*" ;;
      esac
      """;

  private static final String OFFICE =
      """
      while [[ $1 != --outdir ]]; do shift; done
      [[ $3 == *broken* ]] || printf 'PDF of %s' "${3##*/}" >"$2/made.pdf"
      """;

  private Documents documents(Optional<Path> office) throws IOException {
    return new Documents(
        program("java", JAVA), Path.of("/documents.jar"), Optional.empty(), office);
  }

  private Path program(String name, String script) throws IOException {
    Path file = Files.writeString(logins.sshd().runtime().resolve(name), "#!/bin/bash\n" + script);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String path(String name) {
    return home.resolve(name).toString();
  }

  private Path put(String name, String content) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private static void assertRefused(ThrowingCallable call, Reason reason, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            FileException.class, failure -> assertThat(failure.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }

  // --- Listings

  @Test
  void listsADirectoryByName() throws IOException {
    put("b.txt", "12345");
    put("folder/in it", "");
    Files.createSymbolicLink(home.resolve("a link"), home.resolve("folder"));
    Files.createSymbolicLink(home.resolve("dangling"), Path.of("nowhere"));
    Listing listing = files.list(alice, home.toString(), held);
    assertThat(listing.entries())
        .extracting(Listing.Entry::name)
        .containsExactly("a link", "b.txt", "folder");
    assertThat(listing.entries().getFirst().directory()).isTrue();
    assertThat(listing.entries().get(1).size()).isEqualTo(5);
    assertThat(listing.truncated()).isFalse();
    assertRefused(
        () -> files.list(alice, path("b.txt"), held), Reason.NOT_FOUND, "Directory not found");
    assertRefused(
        () -> files.list(alice, path("nothing"), held), Reason.NOT_FOUND, "Directory not found");
  }

  @Test
  void tellsWhatTheAccountMayWrite() throws IOException {
    Files.setPosixFilePermissions(put("open", ""), PosixFilePermissions.fromString("rw-rw-rw-"));
    Files.setPosixFilePermissions(put("shut", ""), PosixFilePermissions.fromString("r--r--r--"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
    Listing listing = files.list(alice, home.toString(), held);
    assertThat(listing.writable()).isTrue();
    assertThat(listing.entries()).extracting(Listing.Entry::writable).containsExactly(true, false);
    logins.sshd().sftp().readOnly(true);
    assertThat(files.list(alice, home.toString(), held).writable()).isFalse();
  }

  @Test
  void saysWhetherThereIsAFile() throws IOException {
    put("file", "");
    assertThat(files.isFile(alice, path("file"))).isTrue();
    assertThat(files.isFile(alice, home.toString())).isFalse();
    assertThat(files.isFile(alice, path("nothing"))).isFalse();
  }

  // --- Reading

  @Test
  void opensAFileForItsBytes() throws IOException {
    put("file", "0123456789");
    try (OpenFile file = files.openFile(alice, path("file"), held)) {
      assertThat(file.attributes().size()).isEqualTo(10);
      assertThat(file.small()).hasValueSatisfying(all -> assertThat(all).hasSize(10));
      assertThat(file.content(2, 3)).hasContent("234");
      assertThat(file.stamp()).isPresent();
    }
    Files.write(home.resolve("large"), new byte[OpenFile.SMALL + 1]);
    try (OpenFile file = files.openFile(alice, path("large"), held)) {
      assertThat(file.small()).isEmpty();
    }
    assertRefused(
        () -> files.openFile(alice, path("nothing"), held), Reason.NOT_FOUND, "File not found");
    assertRefused(
        () -> files.openFile(alice, home.toString(), held), Reason.NOT_FOUND, "File not found");
    assertRefused(
        () -> files.openFile(alice, "/dev/null", held),
        Reason.INVALID,
        "not a regular file but a pipe, a socket or a device: /dev/null");
  }

  private String text(String name, long first, long last) throws IOException {
    try (OpenText text = (OpenText) files.openContent(alice, path(name), first, last, held)) {
      StringWriter lines = new StringWriter();
      text.lines().transferTo(lines);
      return text.totalLines() + ": " + lines;
    }
  }

  @Test
  void readsSomeLinesOfAText() throws IOException {
    put("text", "one\ntwo\nthree\nfour\n");
    assertThat(text("text", 2, 3)).isEqualTo("4: two\nthree\n");
    Files.write(home.resolve("utf-16"), "\ufeffäöü\n".getBytes(UTF_16LE));
    assertThat(text("utf-16", 1, 9)).endsWith("äöü\n");
  }

  @Test
  void readsTheTextOfADocument() throws IOException {
    put("it's.pdf", "%PDF");
    assertThat(text("it's.pdf", 1, 9)).isEqualTo("1: text " + path("it's.pdf") + "\n");
    put("broken.docx", "");
    assertRefused(() -> text("broken.docx", 1, 9), Reason.UNREADABLE, "It is broken");
    put("large.xlsx", "");
    assertRefused(() -> text("large.xlsx", 1, 9), Reason.UNREADABLE, "needs more memory");
  }

  @Test
  void findsNoTextInAFileOfBytes() throws IOException {
    Files.write(home.resolve("bytes"), new byte[] {0, 1, 2, 3, 0, 0, 7, (byte) 0xff});
    try (OpenContent content = files.openContent(alice, path("bytes"), 1, 9, held)) {
      assertThat(content).isInstanceOf(OpenFile.class);
    }
  }

  // --- Writing

  @Test
  void writesATextWithTheFoldersAboveIt() throws IOException {
    assertThat(files.write(alice, path("a/b/new"), Utf8Text.of("grüße\n"), held)).isEqualTo(8);
    assertThat(home.resolve("a/b/new")).hasContent("grüße\n");
    assertThat(files.write(alice, path("a/b/new"), Utf8Text.of("2"), held)).isEqualTo(1);
    assertThat(home.resolve("a/b/new")).hasContent("2");
    assertThat(home.resolve("a/b").toFile().list()).containsExactly("new");
  }

  @Test
  void keepsTheModeOfAFileThatIsWritten() throws IOException {
    Path script = put("script", "old");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-x--x"));
    files.write(alice, script.toString(), Utf8Text.of("new"), held);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(script)))
        .isEqualTo("rwxr-x--x");
    assertThat(script).hasContent("new");
  }

  @Test
  void writesWhatALinkLeadsTo() throws IOException {
    put("real/file", "old");
    Files.createSymbolicLink(home.resolve("link"), Path.of("real/file"));
    Files.createSymbolicLink(home.resolve("link to it"), home.resolve("link"));
    files.write(alice, path("link to it"), Utf8Text.of("new"), held);
    assertThat(home.resolve("real/file")).hasContent("new");
    assertThat(home.resolve("link")).isSymbolicLink();
    Files.createSymbolicLink(home.resolve("loop"), Path.of("loop"));
    assertThatThrownBy(() -> files.write(alice, path("loop"), Utf8Text.of("x"), held))
        .isInstanceOf(FileException.class);
  }

  @Test
  void writesInPlaceWhereTheFolderIsClosed() throws IOException {
    put("closed/file", "old and longer");
    logins.sshd().sftp().denyNew(home.resolve("closed"));
    files.write(alice, path("closed/file"), Utf8Text.of("new"), held);
    assertThat(home.resolve("closed/file")).hasContent("new");
    assertRefused(
        () -> files.write(alice, path("closed/other"), Utf8Text.of("new"), held),
        Reason.DENIED,
        "Permission denied");
  }

  @Test
  void writesBackTheBytesThatAnEditorCouldNotShow() throws IOException {
    byte[] old = "größe, äöü, straße: ?\nb\n".getBytes(UTF_8);
    byte[] edited = "größe, äöü, straße: ?\nc\n".getBytes(UTF_8);
    int at = new String(old, ISO_8859_1).indexOf('?');
    old[at] = (byte) 0xff;
    edited[at] = (byte) 0xff;
    Files.write(home.resolve("damaged"), old);
    files.write(alice, path("damaged"), Utf8Text.of("größe, äöü, straße: \ufffd\nc\n"), held);
    assertThat(home.resolve("damaged")).hasBinaryContent(edited);
    files.write(alice, path("new"), Utf8Text.of("\ufffd"), held);
    assertThat(home.resolve("new")).hasContent("\ufffd");
  }

  @Test
  void leavesTheOldContentWhereAnUploadBreaksOff() throws IOException {
    put("file", "old");
    assertThatThrownBy(
            () ->
                files.upload(
                    alice,
                    path("file"),
                    out -> {
                      out.write("half".getBytes(UTF_8));
                      throw new IOException("the client is gone");
                    },
                    held))
        .hasMessage("the client is gone");
    assertThat(home.resolve("file")).hasContent("old");
    assertThat(home.toFile().list()).containsExactly("file");
    files.upload(alice, path("file"), out -> out.write("whole".getBytes(UTF_8)), held);
    assertThat(home.resolve("file")).hasContent("whole");
  }

  @Test
  void writesNoFolderAndNoDevice() {
    assertRefused(
        () -> files.write(alice, home.toString(), Utf8Text.of("x"), held),
        Reason.INVALID,
        "The path is a folder, but must be a file");
    assertRefused(
        () -> files.write(alice, "/dev/null", Utf8Text.of("x"), held),
        Reason.INVALID,
        "not a regular file");
  }

  @Test
  void replacesTextsOrNothing() throws IOException {
    put("text", "one two two\n");
    assertThat(files.replace(alice, path("text"), List.of(replacement("one", "1", false)), held))
        .isEqualTo(10);
    assertThat(home.resolve("text")).hasContent("1 two two\n");
    assertRefused(
        () ->
            files.replace(
                alice,
                path("text"),
                List.of(replacement("1", "one", false), replacement("two", "2", false)),
                held),
        Reason.INVALID,
        "Found 2 occurrences");
    assertThat(home.resolve("text")).hasContent("1 two two\n");
    Files.write(home.resolve("bytes"), new byte[] {0, 1, 2, 3, 0, 0, 7, (byte) 0xff});
    assertRefused(
        () -> files.replace(alice, path("bytes"), List.of(), held),
        Reason.INVALID,
        "This is not a text file");
  }

  private static Replacement replacement(String target, String with, boolean all) {
    return new Replacement(target, with, OptionalInt.empty(), OptionalInt.empty(), all);
  }

  @Test
  void knowsWhatAFileCanBeCalled() {
    assertThat(UserFiles.problemOfName("name")).isEmpty();
    assertThat(UserFiles.problemOfName("..")).isPresent();
    assertThat(UserFiles.problemOfName("a/b")).isPresent();
    assertThat(UserFiles.problemOfName("ä".repeat(127))).isEmpty();
    assertThat(UserFiles.problemOfName("ä".repeat(128))).isPresent();
  }

  // --- Trees

  @Test
  void makesDirectories() throws IOException {
    files.makeDirectory(alice, path("a/b/c"));
    files.makeDirectory(alice, path("a/b/c"));
    assertThat(home.resolve("a/b/c")).isDirectory();
    put("file", "");
    assertThatThrownBy(() -> files.makeDirectory(alice, path("file/below")))
        .isInstanceOf(FileException.class);
  }

  @Test
  void movesToANameThatIsFree() throws IOException {
    put("one", "1");
    put("two", "2");
    files.move(alice, path("one"), path("three"));
    assertThat(home.resolve("three")).hasContent("1");
    // A client that did not get the answer sends the request again.
    files.move(alice, path("one"), path("three"));
    assertRefused(
        () -> files.move(alice, path("nothing"), path("x")),
        Reason.NOT_FOUND,
        "Source path not found");
    assertRefused(
        () -> files.move(alice, path("two"), path("no/x")),
        Reason.INVALID,
        "Destination parent directory not found");
    assertRefused(
        () -> files.move(alice, path("two"), path("three")),
        Reason.EXISTS,
        "Destination already exists");
  }

  @Test
  void movesToAnotherFileSystemByAProgram() throws IOException {
    put("it's one", "1");
    logins.sshd().sftp().refuseRenames(true);
    files.move(alice, path("it's one"), path("two"));
    assertThat(home.resolve("two")).hasContent("1");
    assertThat(home.resolve("it's one")).doesNotExist();
    logins.sshd().instead("mv -n", "echo 'mv: cannot move: No space left on device' >&2; exit 1");
    assertRefused(
        () -> files.move(alice, path("two"), path("three")), Reason.NO_SPACE, "No space left");
    logins.sshd().instead("mv -n", "echo 'mv: cannot move: Permission denied' >&2; exit 1");
    assertRefused(
        () -> files.move(alice, path("two"), path("three")), Reason.DENIED, "cannot move");
    logins.sshd().instead("mv -n", "exit 1");
    assertRefused(
        () -> files.move(alice, path("two"), path("three")),
        Reason.INVALID,
        "without an error text");
    logins.sshd().instead("mv -n", "exit 0");
    assertRefused(
        () -> files.move(alice, path("two"), path("three")), Reason.EXISTS, "already exists");
  }

  @Test
  void deletesFilesLinksAndTrees() throws IOException {
    put("file", "");
    assertThat(files.delete(alice, path("file"))).isFalse();
    put("tree/deep/file", "");
    Files.createSymbolicLink(home.resolve("link"), home.resolve("tree"));
    assertThat(files.delete(alice, path("link"))).isFalse();
    assertThat(home.resolve("tree/deep/file")).exists();
    assertThat(files.delete(alice, path("tree"))).isTrue();
    assertThat(home).isEmptyDirectory();
    assertRefused(() -> files.delete(alice, path("file")), Reason.NOT_FOUND, "Path not found");
    for (String tooMuch : List.of(home.toString(), home.resolve("..").toString(), "/")) {
      assertRefused(
          () -> files.delete(alice, tooMuch), Reason.INVALID, "must not be the home directory");
    }
    assertThat(home).exists();
  }

  // --- Documents

  private static String text(HeldBytes bytes) throws IOException {
    return new String(bytes.stream().readAllBytes(), UTF_8);
  }

  @Test
  void showsOfficeFilesAsPdf() throws IOException {
    put("letter.odt", "");
    assertThat(text(files.preview(alice, path("letter.odt"), held).orElseThrow()))
        .isEqualTo("PDF of letter.odt");
    assertThat(files.preview(alice, path("letter.txt"), held)).isEmpty();
    put("broken.odt", "");
    assertRefused(
        () -> files.preview(alice, path("broken.odt"), held),
        Reason.UNREADABLE,
        "could not be rendered");
    assertRefused(
        () -> files.preview(alice, path("nothing.odt"), held), Reason.NOT_FOUND, "File not found");
    UserFiles withoutOffice = new UserFiles(logins, documents(Optional.empty()));
    assertRefused(
        () -> withoutOffice.preview(alice, path("letter.odt"), held),
        Reason.UNSUPPORTED_TYPE,
        "LibreOffice is not installed");
  }

  @Test
  void comparesFilesAsTheyAreRead() throws IOException {
    put("old.txt", "1\n");
    put("new.docx", "");
    assertThat(text(files.compare(alice, path("old.txt"), path("new.docx"), true, held)))
        .isEqualTo(
            "compare " + path("old.txt") + " UTF-8 " + path("new.docx") + " document true\n");
    Files.write(home.resolve("bytes"), new byte[] {0, 1, 2, 3, 0, 0, 7, (byte) 0xff});
    assertRefused(
        () -> files.compare(alice, path("bytes"), path("new.docx"), true, held),
        Reason.UNREADABLE,
        "bytes: Unsupported binary file.");
    assertRefused(
        () -> files.compare(alice, path("old.txt"), path("nothing"), true, held),
        Reason.NOT_FOUND,
        "nothing: File not found.");
  }

  @Test
  void passesOnWhatSftpCannotExplain() {
    logins.sshd().sftp().refuse(home.resolve("odd"), SftpConstants.SSH_FX_FAILURE);
    assertRefused(() -> files.isFile(alice, path("odd")), Reason.FAILED, "The file system refuses");
  }
}
