package io.gatehouse.gateway.ssh.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.gateway.session.Budgets;
import io.gatehouse.gateway.session.FileAttributes;
import io.gatehouse.gateway.session.FileEntry;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.RemoteFiles;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.support.InProcessLogins;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.apache.sshd.sftp.common.SftpConstants;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests an account's files over SFTP, which MINA serves from the local disk. */
@Timeout(120)
class SshFilesTest {

  private static final Instant MOMENT = Instant.parse("2024-02-03T04:05:06Z");

  private InProcessLogins logins;
  private Path home;
  private RemoteFiles files;

  @BeforeEach
  void start(@TempDir Path folder) {
    logins = new InProcessLogins(folder);
    home = logins.sshd().home();
    files = logins.of(logins.sshd().account()).files();
  }

  @AfterEach
  void stop() {
    files.close();
    logins.close();
  }

  private String path(String name) {
    return home.resolve(name).toString();
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(home.resolve(name), content);
  }

  private static void assertRefused(ThrowingCallable call, Reason reason) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            FileException.class, failure -> assertThat(failure.reason()).isEqualTo(reason));
  }

  @Test
  void tellsWhatIsAtAPath() throws IOException {
    Path file = write("plain", "12345");
    Files.setLastModifiedTime(file, FileTime.from(MOMENT));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    Files.createSymbolicLink(home.resolve("link"), file);
    FileAttributes found = files.stat(path("link"));
    assertThat(found.isFile()).isTrue();
    assertThat(found.size()).isEqualTo(5);
    assertThat(found.modified()).isEqualTo(MOMENT);
    assertThat(found.permissions()).isEqualTo(0640);
    assertThat(found.owner()).isEqualTo(Files.getAttribute(file, "unix:uid"));
    assertThat(files.lstat(path("link")).isLink()).isTrue();
    assertThat(files.readLink(path("link"))).isEqualTo(file.toString());
    assertThat(files.stat(home.toString()).isDirectory()).isTrue();
    assertThat(files.stat("/dev/null").kind()).isEqualTo(FileAttributes.Kind.OTHER);
    assertThat(files.find(path("nothing"))).isEmpty();
    assertThat(files.findItself(path("nothing"))).isEmpty();
    assertThat(files.realPath(home + "/./../" + home.getFileName())).isEqualTo(home.toString());
  }

  @Test
  void listsADirectory() throws IOException {
    write("a", "1");
    Files.createDirectory(home.resolve("b"));
    Files.createSymbolicLink(home.resolve("c"), Path.of("nowhere"));
    assertThat(files.list(home.toString(), 100, Budgets.lease()))
        .extracting(FileEntry::name)
        .containsExactlyInAnyOrder("a", "b", "c");
    assertThat(files.list(home.toString(), 2, Budgets.lease())).hasSize(2);
  }

  @Test
  void readsAPartOfAFile() throws IOException {
    byte[] content = new byte[1_000_000];
    new Random(7).nextBytes(content);
    Files.write(home.resolve("large"), content);
    try (InputStream in = files.read(path("large"), 100, 900_000)) {
      assertThat(in.read()).isEqualTo(content[100] & 0xFF);
      assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 101, 900_100));
      assertThat(in.read()).isEqualTo(-1);
    }
    try (InputStream in = files.read(path("large"), 999_999, 100)) {
      assertThat(in.readAllBytes()).hasSize(1);
    }
  }

  @Test
  void writesAFile() throws IOException {
    byte[] content = new byte[700_000];
    new Random(8).nextBytes(content);
    try (OutputStream out = files.create(path("new"))) {
      out.write(content[0]);
      out.write(content, 1, content.length - 1);
      out.flush();
    }
    assertThat(home.resolve("new")).hasBinaryContent(content);
    assertThatThrownBy(() -> files.create(path("new"))).isInstanceOf(FileException.class);
    try (OutputStream out = files.overwrite(path("new"))) {
      out.write("short".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(home.resolve("new")).hasContent("short");
  }

  @Test
  void changesWhatIsThere() throws IOException {
    files.makeDirectory(path("folder"));
    write("one", "1");
    write("two", "2");
    assertThatThrownBy(() -> files.rename(path("one"), path("two")))
        .isInstanceOf(FileException.class);
    files.rename(path("one"), path("folder/one"));
    files.replace(path("folder/one"), path("two"));
    assertThat(home.resolve("two")).hasContent("1");
    files.setPermissions(path("two"), 0600);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("two"))))
        .isEqualTo("rw-------");
    files.remove(path("two"));
    assertThat(home).isDirectoryNotContaining("glob:**two");
  }

  @Test
  void tellsWhatAFileSystemHasLeft() {
    RemoteFiles.Space space = files.space(home.toString());
    assertThat(space.freeBytes()).isPositive();
    assertThat(space.freeFiles()).isEqualTo(400);
    assertThat(space.readOnly()).isFalse();
    logins.sshd().sftp().readOnly(true);
    assertThat(files.space(home.toString()).readOnly()).isTrue();
    assertRefused(() -> files.space(path("nothing")), Reason.NOT_FOUND);
  }

  @Test
  void saysWhatTheFileSystemRefuses() throws IOException {
    assertThatThrownBy(() -> files.stat(path("nothing")))
        .isInstanceOf(FileException.class)
        .hasMessage("There is nothing at " + path("nothing"));
    logins.sshd().sftp().deny(home.resolve("closed"));
    assertThatThrownBy(() -> files.read(path("closed"), 0, 1))
        .isInstanceOf(FileException.class)
        .hasMessage("Permission denied: " + path("closed"));
    logins.sshd().sftp().refuse(home.resolve("long"), SftpConstants.SSH_FX_BAD_MESSAGE);
    assertRefused(() -> files.lstat(path("long")), Reason.INVALID);
    logins.sshd().sftp().refuse(home.resolve("broken"), SftpConstants.SSH_FX_FAILURE);
    assertRefused(() -> files.makeDirectory(path("broken")), Reason.FAILED);
  }

  @Test
  void saysThatTheDiskIsFullWhereAnOpenFileCannotBeWritten() throws IOException {
    OutputStream out = files.create(path("new"));
    logins.sshd().sftp().refuseWriting(true);
    assertRefused(
        () -> {
          out.write(new byte[500_000]);
          out.close();
        },
        Reason.NO_SPACE);
  }

  @Test
  void saysThatTheLoginIsLost() throws IOException {
    Files.write(home.resolve("large"), new byte[3_000_000]);
    InputStream in = files.read(path("large"), 0, 3_000_000);
    assertThat(in.read()).isZero();
    logins.sshd().dropConnections();
    assertThatThrownBy(in::readAllBytes)
        .isInstanceOfSatisfying(
            SessionException.class,
            failure -> assertThat(failure.reason()).isEqualTo(SessionException.Reason.TIMED_OUT));
    assertThat(Optional.of(files)).isPresent();
  }
}
