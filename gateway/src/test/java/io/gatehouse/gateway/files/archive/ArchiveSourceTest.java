package io.gatehouse.gateway.files.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.support.InProcessLogins;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests how long an archive waits for the program. What it reads is in {@code ZipDownloadTest}. */
@Timeout(120)
class ArchiveSourceTest {

  private static final Map<String, String> NOTHING = Map.of("/nothing", "nothing");

  @AutoClose private InProcessLogins logins;

  @BeforeEach
  void start(@TempDir Path folder) {
    logins = new InProcessLogins(folder);
  }

  private ArchiveSource open(Duration silence) {
    return ArchiveSource.open(
        logins.of(logins.sshd().accountAtHome()), NOTHING.entrySet(), silence);
  }

  /** Keeps what is left out. */
  private record Problems(List<String> lines) implements ArchiveSource.Receiver {
    @Override
    public void begin(String name, int mode, Instant modified, long size) {
      throw new AssertionError("there is no file");
    }

    @Override
    public void content(byte[] bytes, int length) {
      throw new AssertionError("there is no file");
    }

    @Override
    public void leftOut(String problem) {
      lines.add(problem);
    }
  }

  @Test
  void breaksOffWhenTheProgramIsSilent() {
    logins.sshd().instead("exec perl", "printf 'E\\0\\0\\0\\1x'; exec sleep 100");
    Problems problems = new Problems(new ArrayList<>());
    try (ArchiveSource source = open(Duration.ofMillis(300))) {
      assertThatThrownBy(() -> source.sendTo(problems))
          .isInstanceOfSatisfying(
              FileException.class,
              failure -> assertThat(failure.reason()).isEqualTo(Reason.FAILED));
    }
    assertThat(problems.lines()).containsExactly("x");
  }

  /** A limit for the whole program would end the archive of a slow client. */
  @Test
  void waitsAsLongAsTheProgramSendsSomething() throws Exception {
    logins
        .sshd()
        .instead(
            "exec perl",
            "for i in {1..25}; do printf 'E\\0\\0\\0\\1x'; sleep 0.1; done; printf"
                + " 'Z\\0\\0\\0\\0'");
    Problems problems = new Problems(new ArrayList<>());
    try (ArchiveSource source = open(Duration.ofSeconds(2))) {
      source.sendTo(problems);
    }
    assertThat(problems.lines()).hasSize(25);
  }

  @Test
  void tellsWhatIsGone() throws Exception {
    Problems problems = new Problems(new ArrayList<>());
    try (ArchiveSource source = open(Duration.ofMinutes(1))) {
      source.sendTo(problems);
    }
    assertThat(problems.lines()).containsExactly("nothing: No such file or directory");
  }
}
