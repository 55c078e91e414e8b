package io.gatehouse.gateway.ssh.sftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SftpTimesTest {

  private static final String LINE = "-rw-------    1 alice    alice           5 ";

  @ParameterizedTest
  @CsvSource({
    "1960-01-01T00:00:00Z, Jan  1  1960",
    "1901-01-01T00:00:00Z, Jan  1  1901",
    "1850-06-01T00:00:00Z, Jun  1  1850",
    "1969-12-31T23:59:59Z, Dec 31  1969",
    // The line is in the time zone of the login.
    "1969-12-31T23:59:59Z, Jan  1  1970",
    "1970-01-01T00:00:00Z, Dec 31  1969",
    "2020-02-29T12:00:00Z, Feb 29  2020",
    "2038-01-19T03:14:08Z, Jan 19  2038",
    "2096-02-06T00:00:00Z, Feb  6  2096",
    "2106-02-07T06:28:16Z, Feb  7  2106",
    "2242-03-16T00:00:00Z, Mar 16  2242",
    "2026-11-26T10:00:00Z, Nov 26 10:00",
  })
  void findsTheMomentByTheYear(Instant time, String date) {
    Instant sent = Instant.ofEpochSecond(Math.floorMod(time.getEpochSecond(), 1L << 32));
    for (String name : new String[] {"x", "a 1960", "ü 12:00 2096", "-> y"}) {
      assertThat(SftpTimes.listed(SftpTimes.alone(sent), LINE + date + " " + name, name))
          .isEqualTo(time);
    }
  }

  @ParameterizedTest
  @CsvSource({"1960-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2038-01-19T03:14:07Z"})
  void readsASingleTimeWithItsSign(Instant time) {
    Instant sent = Instant.ofEpochSecond(Math.floorMod(time.getEpochSecond(), 1L << 32));
    assertThat(SftpTimes.alone(sent)).isEqualTo(time);
  }

  @ParameterizedTest
  @CsvSource({"'', name", "x, x", "1960, longer than the line", "'-rw 99999999999 x', x"})
  void keepsTheTimeWhereTheLineTellsNothing(String line, String name) {
    assertThat(SftpTimes.listed(Instant.EPOCH, line, name)).isEqualTo(Instant.EPOCH);
  }
}
