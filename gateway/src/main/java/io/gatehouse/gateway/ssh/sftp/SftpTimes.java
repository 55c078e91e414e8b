package io.gatehouse.gateway.ssh.sftp;

import java.time.Instant;

/**
 * Reads the times of SFTP version 3, which has 32 bits for seconds (draft-ietf-secsh-filexfer-02,
 * section 5). OpenSSH sends the lowest 32 bits of each time, so one value stands for moments that
 * are 136 years apart.
 */
final class SftpTimes {

  private static final long SPAN = 1L << 32;
  private static final double SECONDS_OF_A_YEAR = 365.2425 * 24 * 60 * 60;
  private static final double YEARS_OF_A_SPAN = SPAN / SECONDS_OF_A_YEAR;
  private static final int FEWEST_DIGITS = 4;

  private SftpTimes() {}

  /**
   * The time of a single file. The bits are read as a signed number, which is right from 1901 to
   * 2038. Files from before 1970 exist, made by {@code touch} or taken from archives; files from
   * after 2038 do not exist yet.
   */
  static Instant alone(Instant sent) {
    long seconds = sent.getEpochSecond();
    return Instant.ofEpochSecond(seconds < SPAN / 2 ? seconds : seconds - SPAN);
  }

  /**
   * The time of an entry of a directory. OpenSSH sends a line like that of {@code ls -l} with each
   * entry, which has the year unless the time is in the last six months. The result is the possible
   * moment that is nearest to that year.
   *
   * @param time the time as {@link #alone} reads it
   * @param line ends with the date, a blank and the name
   */
  static Instant listed(Instant time, String line, String name) {
    int end = line.length() - name.length() - 1;
    int begin = end;
    while (begin > 0 && isDigit(line.charAt(begin - 1))) {
      begin--;
    }
    // The other form of the date ends with hours and minutes.
    if (end - begin < FEWEST_DIGITS || end - begin > 9 || begin == 0) {
      return time;
    }
    int year = Integer.parseInt(line, begin, end, 10) * (line.charAt(begin - 1) == '-' ? -1 : 1);
    double guessed = 1970 + time.getEpochSecond() / SECONDS_OF_A_YEAR;
    long spans = Math.round((year + 0.5 - guessed) / YEARS_OF_A_SPAN);
    return spans == 0 ? time : time.plusSeconds(spans * SPAN);
  }

  private static boolean isDigit(char character) {
    return character >= '0' && character <= '9';
  }
}
