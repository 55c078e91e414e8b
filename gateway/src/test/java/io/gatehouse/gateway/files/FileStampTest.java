package io.gatehouse.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FileStampTest {

  /**
   * GNU's stat writes 1960-01-01 00:00:00.25 in this form: as a decimal number, not as seconds and
   * a fraction.
   */
  @Test
  void readsTimesBefore1970() {
    FileStamp stamp =
        FileStamp.parse("65025:12 300000 1795687110.000000001 -315619199.750000000\n")
            .orElseThrow();
    assertThat(stamp.identity()).isEqualTo("65025:12");
    assertThat(stamp.size()).isEqualTo(300_000);
    assertThat(stamp.changed()).isEqualTo(Instant.ofEpochSecond(1_795_687_110, 1));
    assertThat(stamp.modified()).isEqualTo(Instant.parse("1960-01-01T00:00:00.250Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "stat: no such file\n",
        "1:2 3 4 5\n",
        "1:2 3 4.000000000 5.0\n",
        "1:2 99999999999999999999 4.000000000 5.000000000\n"
      })
  void takesNothingElseForAnAnswer(String answer) {
    assertThat(FileStamp.parse(answer)).isEmpty();
  }
}
