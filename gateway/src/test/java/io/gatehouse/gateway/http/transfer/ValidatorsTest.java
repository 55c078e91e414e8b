package io.gatehouse.gateway.http.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.files.FileStamp;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ValidatorsTest {

  private static final Instant NOW = Instant.parse("2026-11-26T10:00:00.5Z");
  private static final Instant OLD = Instant.parse("2020-02-02T00:00:00Z");
  private static final String OLD_DATE = "Sun, 02 Feb 2020 00:00:00 GMT";

  private static Validators large(String identity, Instant changed) {
    return Validators.of(OLD, Optional.of(new FileStamp(identity, 300_000, changed, OLD)), NOW);
  }

  private static Validators small(String content, Optional<FileStamp> stamp) {
    return Validators.of(
        content.getBytes(java.nio.charset.StandardCharsets.UTF_8), OLD, stamp, NOW);
  }

  @Test
  void tagsASmallFileByItsContent() {
    assertThat(small("a", Optional.empty()).tag())
        .isPresent()
        .isEqualTo(small("a", Optional.empty()).tag())
        .isNotEqualTo(small("b", Optional.empty()).tag());
  }

  @Test
  void tagsALargeFileByItsInodeAndChange() {
    assertThat(large("1:2", OLD).tag())
        .isPresent()
        .isNotEqualTo(large("1:3", OLD).tag())
        .isNotEqualTo(large("1:2", OLD.plusNanos(1)).tag());
    assertThat(Validators.of(OLD, Optional.empty(), NOW).tag()).isEmpty();
  }

  /** The file could change again and keep the same time of change. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, -10})
  void givesAFileThatWasJustChangedNoValidator(long secondsAgo) {
    Instant changed = NOW.minusSeconds(secondsAgo);
    assertThat(large("1:2", changed).tag()).isEmpty();
    assertThat(Validators.of(changed, Optional.empty(), NOW).lastModified()).isEmpty();
  }

  @Test
  void comparesTagsAsHttpDoes() {
    Validators validators = small("a", Optional.empty());
    String tag = validators.tag().orElseThrow();
    for (String current : new String[] {tag, "W/" + tag, "\"x\", " + tag, "*"}) {
      assertThat(validators.isCurrent(Optional.of(current), Optional.empty())).isTrue();
    }
    for (String other : new String[] {"\"x\"", "", tag.replace("\"", "")}) {
      assertThat(validators.isCurrent(Optional.of(other), Optional.of(OLD_DATE))).isFalse();
    }
    assertThat(validators.continues(Optional.empty())).isTrue();
    assertThat(validators.continues(Optional.of(tag))).isTrue();
    for (String weaker : new String[] {"W/" + tag, OLD_DATE, "\"x\""}) {
      assertThat(validators.continues(Optional.of(weaker))).isFalse();
    }
    assertThat(Validators.of(OLD, Optional.empty(), NOW).continues(Optional.of(tag))).isFalse();
  }

  @Test
  void believesADateIfNothingWasChangedAfterIt() {
    assertThat(large("1:2", OLD).isCurrent(Optional.empty(), Optional.of(OLD_DATE))).isTrue();
    assertThat(large("1:2", OLD.plusSeconds(1)).isCurrent(Optional.empty(), Optional.of(OLD_DATE)))
        .isFalse();
    assertThat(small("a", Optional.empty()).isCurrent(Optional.empty(), Optional.of(OLD_DATE)))
        .isFalse();
    for (String other : new String[] {"Sun, 02 Feb 2020 00:00:01 GMT", "yesterday", ""}) {
      assertThat(large("1:2", OLD).isCurrent(Optional.empty(), Optional.of(other))).isFalse();
    }
  }

  @Test
  @Timeout(5)
  void readsAHostileListOfTagsInOneLook() {
    Validators validators = small("a", Optional.empty());
    assertThat(validators.isCurrent(Optional.of(" ".repeat(1_000_000) + "x"), Optional.empty()))
        .isFalse();
    assertThat(validators.isCurrent(Optional.of(" , ".repeat(500_000)), Optional.empty()))
        .isFalse();
  }
}
