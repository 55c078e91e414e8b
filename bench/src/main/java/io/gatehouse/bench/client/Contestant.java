package io.gatehouse.bench.client;

/** A server or channel that runs a command as a user and reports its end. */
public interface Contestant {

  /**
   * Runs a command to its end.
   *
   * @throws IllegalStateException if it did not end with status 0
   */
  void run(String user, String command);
}
