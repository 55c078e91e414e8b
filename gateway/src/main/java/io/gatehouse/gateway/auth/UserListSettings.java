package io.gatehouse.gateway.auth;

import java.time.Duration;

/**
 * The settings by which Open WebUI is asked for its list of users.
 *
 * @param key the API key of an administrator there
 * @param interval the time from the end of one reading of the list to the next reading
 */
public record UserListSettings(BearerToken key, Duration interval) {

  public static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(5);
  public static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(10);
  public static final Duration LONGEST_INTERVAL = Duration.ofDays(1);

  /** The longest time that one page of thirty users may take. */
  public static final Duration PAGE_LIMIT = Duration.ofSeconds(60);

  public UserListSettings {
    if (interval.compareTo(SHORTEST_INTERVAL) < 0 || interval.compareTo(LONGEST_INTERVAL) > 0) {
      throw new IllegalArgumentException("the interval must be from 10 seconds to a day");
    }
  }
}
