package io.gatehouse.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The names of the benchmark's users. Each part that needs new users has numbers of its own. */
final class Users {

  /** The first of the users that are new to both servers when they are measured. */
  static final int NEW = 1000;

  /** The first of the users that are logged in at the same time. */
  static final int LOGGED_IN = 2000;

  /** The first of the users whose commands are counted; those before have files and logs. */
  static final int EXECUTING = 3100;

  /** The first of the users of whom there are more and more. */
  static final int GROWING = 4000;

  /** The first of the users who come one more at a time. */
  static final int SPARE = 9000;

  private Users() {}

  /** Eight letters or digits, which both servers take for the account's name as they are. */
  static String name(int number) {
    return String.format(Locale.ROOT, "user%04d", number);
  }

  static List<String> names(int first, int count) {
    return IntStream.range(first, first + count).mapToObj(Users::name).toList();
  }
}
