package io.gatehouse.gateway.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PasswdFileTest {

  @TempDir Path folder;

  private Path file;
  private PasswdFile passwd;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("passwd");
    Files.write(
        file,
        "root:x:0:0:root:/root:/bin/bash\n\nbroken\nj:x:1001:1001:J\u00fcrgen:/home/j:/bin/sh\n+::::::\n"
            .getBytes(StandardCharsets.ISO_8859_1));
    passwd = new PasswdFile(file);
  }

  @Test
  void knowsNamesAndUids() {
    assertThat(passwd.exists(new AccountName("j"))).isTrue();
    assertThat(passwd.exists(new AccountName("broken"))).isFalse();
    assertThat(passwd.nameOf(1001)).contains("j");
    assertThat(passwd.nameOf(1002)).isEmpty();
  }

  @Test
  void seesWhatWasAddedMeanwhile() throws IOException {
    Files.writeString(file, "late:x:1002:1002::/home/late:/bin/sh\n");

    assertThat(passwd.nameOf(1002)).contains("late");
  }

  @Test
  void saysWhichFileItCannotRead() throws IOException {
    Files.delete(file);

    assertThatExceptionOfType(AccountException.class)
        .isThrownBy(() -> passwd.nameOf(1001))
        .withMessage("cannot read " + file);
  }
}
