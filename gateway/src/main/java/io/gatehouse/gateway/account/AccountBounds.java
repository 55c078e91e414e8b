package io.gatehouse.gateway.account;

import io.gatehouse.gateway.account.Boundary.RuntimeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The bounds of accounts that the gateway itself has to know, read from one file for each account.
 *
 * <p>{@code sshd-config/resolve-bounds} writes these files, and decides which line of limits.conf
 * applies to which account.
 */
public final class AccountBounds {

  /**
   * The item whose value is the number of seconds after an account's last use until its processes
   * are ended.
   */
  private static final String IDLE = "idle";

  /**
   * The item whose value is a list of measures, with commas between, without which a login is
   * refused.
   */
  private static final String REQUIRE = "require";

  private static final Pattern LINE = Pattern.compile("([a-z_]+)='([^']*)'");

  private final Path accounts;
  private final boolean requiresSomething;

  private AccountBounds(Path accounts, boolean requiresSomething) {
    this.accounts = accounts;
    this.requiresSomething = requiresSomething;
  }

  /**
   * The bounds on this machine. The file of an account is read each time, because it changes with
   * the user's role in Open WebUI.
   *
   * @param runtimeDirectory the folder with the files; if it does not exist, nothing is bounded
   */
  public static AccountBounds of(Path runtimeDirectory) {
    return new AccountBounds(
        RuntimeFile.ACCOUNT_BOUNDS.in(runtimeDirectory),
        lines(RuntimeFile.BOUNDS.in(runtimeDirectory))
            .map(line -> line.split(" ", 3))
            .filter(words -> words.length == 3 && words[1].equals(REQUIRE))
            .anyMatch(words -> isRequirement(words[2])));
  }

  /**
   * How long processes that the account has left running are kept after its last use; empty if
   * there is no limit.
   */
  public Optional<Duration> idle(AccountName account) {
    return value(account, IDLE)
        .filter(seconds -> !seconds.equals(Boundary.UNLIMITED))
        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
  }

  /** The names of the measures without which a login of the account is refused. */
  public Set<String> required(AccountName account) {
    return value(account, REQUIRE)
        .filter(AccountBounds::isRequirement)
        .map(words -> Set.of(words.split(",")))
        .orElse(Set.of());
  }

  /** Whether a measure is required for the logins of any account. */
  public boolean requiresSomething() {
    return requiresSomething;
  }

  private static boolean isRequirement(String value) {
    return !value.equals(Boundary.NOTHING_REQUIRED);
  }

  private Optional<String> value(AccountName account, String item) {
    return lines(accounts.resolve(account.value()))
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .filter(line -> line.group(1).equals(item))
        .map(line -> line.group(2))
        .filter(value -> !value.isEmpty())
        .findFirst();
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
