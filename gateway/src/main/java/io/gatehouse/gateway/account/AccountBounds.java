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
 * What holds for some accounts and not for others, as {@code sshd-config/prepare} has written it:
 * lines of an account, a group after {@code @}, or {@code *} for all, an item and its value.
 */
public final class AccountBounds {

  private static final String EVERYBODY = "*";

  /**
   * The item whose value is the number of seconds after an account's last use until its processes
   * are ended.
   */
  private static final String IDLE = "idle";

  private static final String UNLIMITED = "unlimited";

  /**
   * The item whose value is a list of measures, with commas between, without which a login is
   * refused.
   */
  private static final String REQUIRE = "require";

  private static final String NOTHING = "none";

  private record Line(String whom, String item, String value) {}

  private final List<Line> lines;
  private final Path groups;

  private AccountBounds(List<Line> lines, Path groups) {
    this.lines = lines;
    this.groups = groups;
  }

  /**
   * The bounds on this machine, read once; who is in a group is read each time.
   *
   * @param file nothing holds if it does not exist
   */
  public static AccountBounds of(Path file) {
    return read(file, Path.of("/etc/group"));
  }

  /**
   * @param groups in the format of /etc/group
   */
  static AccountBounds read(Path file, Path groups) {
    List<Line> lines =
        lines(file)
            .map(line -> line.split(" ", 3))
            .filter(words -> words.length == 3)
            .map(words -> new Line(words[0], words[1], words[2]))
            .toList();
    return new AccountBounds(lines, groups);
  }

  /**
   * How long after its last use what the account has left running is kept; empty if without limit.
   */
  public Optional<Duration> idle(AccountName account) {
    return value(account, IDLE)
        .filter(seconds -> !seconds.equals(UNLIMITED))
        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
  }

  /** The words of the measures without which a login of the account is refused. */
  public Set<String> required(AccountName account) {
    return value(account, REQUIRE)
        .filter(AccountBounds::requiresSomething)
        .map(words -> Set.of(words.split(",")))
        .orElse(Set.of());
  }

  /** Whether there is an account that a measure may be required of. */
  public boolean requiresSomething() {
    return lines.stream()
        .filter(line -> line.item().equals(REQUIRE))
        .anyMatch(line -> requiresSomething(line.value()));
  }

  private static boolean requiresSomething(String value) {
    return !value.equals(NOTHING);
  }

  /**
   * An account's own line counts before one of its groups, and that before everybody's; the last of
   * each kind.
   */
  private Optional<String> value(AccountName account, String item) {
    List<Line> ofItem = lines.stream().filter(line -> line.item().equals(item)).toList();
    return last(ofItem, line -> line.whom().equals(account.value()))
        .or(() -> ofGroups(ofItem, account))
        .or(() -> last(ofItem, line -> line.whom().equals(EVERYBODY)))
        .map(Line::value);
  }

  private Optional<Line> ofGroups(List<Line> ofItem, AccountName account) {
    if (ofItem.stream().noneMatch(line -> line.whom().startsWith("@"))) {
      return Optional.empty();
    }
    Set<String> own = groupsOf(account);
    return last(ofItem, line -> own.contains(line.whom()));
  }

  private Set<String> groupsOf(AccountName account) {
    return lines(groups)
        .map(line -> line.split(":", -1))
        .filter(fields -> fields.length == 4)
        .filter(fields -> Arrays.asList(fields[3].split(",")).contains(account.value()))
        .map(fields -> "@" + fields[0])
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Optional<Line> last(List<Line> lines, Predicate<Line> wanted) {
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
