package io.gatehouse.gateway.files;

import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.Session;
import io.gatehouse.gateway.session.ShellWord;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The facts about a file that {@code stat} reports and SFTP version 3 does not: which file it is,
 * when it was last changed in any way, and times before 1970 and after 2106.
 *
 * @param identity device and inode
 * @param changed when the content, owner, mode or name was last changed; a user cannot set this
 *     time
 * @param modified the time that {@code touch} sets
 */
public record FileStamp(String identity, long size, Instant changed, Instant modified) {

  /**
   * The limit for {@code stat}, which runs in the user's login. It usually takes 10 ms, which is
   * slower than SFTP.
   */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** The most bytes of an answer of {@code stat}. */
  private static final int LONGEST = 200;

  private static final Pattern ANSWER =
      Pattern.compile(
          "(\\d{1,20}:\\d{1,20}) (\\d{1,18}) (-?\\d{1,15}\\.\\d{9}) (-?\\d{1,15}\\.\\d{9})\n");

  /** The stamp of the file that the path leads to; empty if {@code stat} fails. */
  static Optional<FileStamp> read(Session session, String path) {
    String text = "exec stat -L -c '%d:%i %s %.9Z %.9Y' -- " + ShellWord.quote(path);
    try (Pipe pipe = session.pipe(text, LIMIT)) {
      return parse(new String(pipe.output().readNBytes(LONGEST), StandardCharsets.US_ASCII));
    } catch (IOException failure) {
      return Optional.empty();
    }
  }

  /** The stamp in the answer of {@code stat}. */
  static Optional<FileStamp> parse(String answer) {
    Matcher matcher = ANSWER.matcher(answer);
    return matcher.matches()
        ? Optional.of(
            new FileStamp(
                matcher.group(1),
                Long.parseLong(matcher.group(2)),
                instant(matcher.group(3)),
                instant(matcher.group(4))))
        : Optional.empty();
  }

  private static Instant instant(String seconds) {
    BigDecimal time = new BigDecimal(seconds);
    BigDecimal whole = time.setScale(0, RoundingMode.FLOOR);
    return Instant.ofEpochSecond(
        whole.longValue(), time.subtract(whole).movePointRight(9).longValue());
  }
}
