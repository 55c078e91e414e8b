package io.gatehouse.gateway.session;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Limits how many of something, such as running commands, each user and all users together may have
 * at a time.
 */
public final class Quota {

  private final int mostOfUser;
  private final int most;
  private final Semaphore all;
  private final Map<String, Semaphore> users = new ConcurrentHashMap<>();

  public Quota(int mostOfUser, int most) {
    this.mostOfUser = mostOfUser;
    this.most = most;
    this.all = new Semaphore(most);
  }

  /**
   * Takes a place for the user, or returns a sentence that says whose limit is reached.
   *
   * @param things what is counted, in the plural: running commands
   */
  public Optional<String> take(String userId, String things) {
    Semaphore user = ofUser(userId);
    if (!user.tryAcquire()) {
      return Optional.of("You have " + mostOfUser + " " + things);
    }
    if (!all.tryAcquire()) {
      user.release();
      return Optional.of("This server has " + most + " " + things);
    }
    return Optional.empty();
  }

  /** Gives back a place that was taken. */
  public void giveBack(String userId) {
    all.release();
    ofUser(userId).release();
  }

  private Semaphore ofUser(String userId) {
    return users.computeIfAbsent(userId, id -> new Semaphore(mostOfUser));
  }
}
