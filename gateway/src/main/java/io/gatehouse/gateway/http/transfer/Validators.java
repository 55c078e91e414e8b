package io.gatehouse.gateway.http.transfer;

import io.gatehouse.gateway.files.FileStamp;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * The values that tell one version of a file from another (RFC 9110, section 8.8).
 *
 * <p>SFTP tells the time of a file to the second, and its owner can set any time, so time and size
 * are no validator. The tag of a small file is the hash of its content. The tag of a larger file is
 * made from its inode, its size and the time of its last change, which the kernel sets.
 *
 * @param tag the strong entity tag, in quotes; empty if no tag would be reliable
 * @param lastModified the date of the file, to the second; empty if the next version could have the
 *     same date
 * @param unchangedSince whether the file was not changed in any way after the second of that date
 */
record Validators(Optional<String> tag, Optional<Instant> lastModified, boolean unchangedSince) {

  /**
   * The time after a change in which another change may leave the same time stamp: the kernel's
   * clock for files ticks every 10 ms or more often, HTTP's every second.
   */
  private static final Duration UNSETTLED = Duration.ofSeconds(2);

  /** Bytes of the hash in a tag: too many for anybody to find a second file with the same hash. */
  private static final int HASH = 16;

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /**
   * The validators of a small file.
   *
   * @param stamp empty if the date of the last change is not needed
   */
  static Validators of(byte[] content, Instant modified, Optional<FileStamp> stamp, Instant now) {
    return dated(Optional.of(hash(content)), modified, stamp, now);
  }

  /** The validators of a larger file. It has no tag if it has no stamp. */
  static Validators of(Instant modified, Optional<FileStamp> stamp, Instant now) {
    Optional<String> tag =
        stamp
            .filter(read -> read.changed().plus(UNSETTLED).isBefore(now))
            .map(
                read ->
                    hash(
                        (read.identity() + ' ' + read.size() + ' ' + read.changed())
                            .getBytes(StandardCharsets.US_ASCII)));
    return dated(tag, modified, stamp, now);
  }

  private static Validators dated(
      Optional<String> tag, Instant fromSftp, Optional<FileStamp> stamp, Instant now) {
    Instant modified =
        stamp.map(FileStamp::modified).orElse(fromSftp).truncatedTo(ChronoUnit.SECONDS);
    boolean unchangedSince =
        stamp
            .map(read -> !read.changed().truncatedTo(ChronoUnit.SECONDS).isAfter(modified))
            .orElse(false);
    return new Validators(
        tag,
        Optional.of(modified).filter(date -> date.plus(UNSETTLED).isBefore(now)),
        unchangedSince);
  }

  private static String hash(byte[] content) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      return '"' + HexFormat.of().formatHex(Arrays.copyOf(hash, HASH)) + '"';
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The date as HTTP writes it. */
  Optional<String> lastModifiedText() {
    return lastModified.map(HTTP_DATE::format);
  }

  /**
   * Whether the client has this version (RFC 9110, section 13.2.2). A date counts only if it is the
   * file's own, because the client's clock may be wrong.
   */
  boolean isCurrent(Optional<String> ifNoneMatch, Optional<String> ifModifiedSince) {
    if (ifNoneMatch.isPresent()) {
      String tags = ifNoneMatch.get().strip();
      return tags.equals("*")
          || tag.filter(
                  wanted ->
                      Arrays.stream(tags.split(","))
                          .map(Validators::weakly)
                          .anyMatch(wanted::equals))
              .isPresent();
    }
    return unchangedSince
        && lastModified.isPresent()
        && ifModifiedSince.flatMap(Validators::date).equals(lastModified);
  }

  /** The tag for the weak comparison (RFC 9110, section 8.8.3.2). */
  private static String weakly(String tag) {
    String bare = tag.strip();
    return bare.startsWith("W/") ? bare.substring(2) : bare;
  }

  /**
   * Whether the client may add a part of this version to the part that it has. Only a tag allows
   * that, because no date is exact enough.
   */
  boolean continues(Optional<String> ifRange) {
    return ifRange.map(wanted -> tag.filter(wanted::equals).isPresent()).orElse(true);
  }

  private static Optional<Instant> date(String text) {
    try {
      return Optional.of(HTTP_DATE.parse(text, Instant::from));
    } catch (DateTimeParseException other) {
      return Optional.empty();
    }
  }
}
