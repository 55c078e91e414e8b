package io.gatehouse.gateway.account;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How long after its last use what an account has left running is kept, as {@code
 * sshd-config/prepare} has written it: lines of an account, a group after {@code @}, or all
 * accounts, and seconds or {@code unlimited}.
 */
public final class IdleLimits {

  /** All accounts are in it. */
  private static final String EVERYBODY = "@gatehouse";

  private static final String UNLIMITED = "unlimited";

  private record Line(String whom, String seconds) {}

  private final List<Line> lines;
  private final Path groups;

  private IdleLimits(List<Line> lines, Path groups) {
    this.lines = lines;
    this.groups = groups;
  }

  /**
   * Reads the limits once; who is in a group is read from {@code groups} each time.
   *
   * @param file there are no limits if it does not exist
   * @param groups in the format of /etc/group
   */
  public static IdleLimits read(Path file, Path groups) {
    return new IdleLimits(lines(file).map(IdleLimits::line).toList(), groups);
  }

  private static Line line(String text) {
    String[] words = text.split(" ", 2);
    return new Line(words[0], words[words.length - 1]);
  }

  /**
   * An account's own line counts before one of its groups, and that before everybody's; the last of
   * each kind.
   *
   * @return empty if there is no limit
   */
  public Optional<Duration> of(AccountName account) {
    return last(line -> line.whom().equals(account.value()))
        .or(() -> ofGroups(account))
        .or(() -> last(line -> line.whom().equals(EVERYBODY)))
        .map(Line::seconds)
        .filter(seconds -> !seconds.equals(UNLIMITED))
        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
  }

  private Optional<Line> ofGroups(AccountName account) {
    Predicate<Line> ofNamed = line -> line.whom().startsWith("@") && !line.whom().equals(EVERYBODY);
    if (lines.stream().noneMatch(ofNamed)) {
      return Optional.empty();
    }
    Set<String> own = groupsOf(account);
    return last(ofNamed.and(line -> own.contains(line.whom())));
  }

  private Set<String> groupsOf(AccountName account) {
    return lines(groups)
        .map(line -> line.split(":", -1))
        .filter(fields -> fields.length == 4)
        .filter(fields -> Arrays.asList(fields[3].split(",")).contains(account.value()))
        .map(fields -> "@" + fields[0])
        .collect(Collectors.toUnmodifiableSet());
  }

  private Optional<Line> last(Predicate<Line> wanted) {
    return lines.stream().filter(wanted).reduce((earlier, later) -> later);
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (NoSuchFileException none) {
      return Stream.empty();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
