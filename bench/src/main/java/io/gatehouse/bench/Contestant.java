package io.gatehouse.bench;

/** Something that runs a command as a user and tells when it has ended. */
interface Contestant {

  /**
   * Runs a command to its end.
   *
   * @throws IllegalStateException if it did not end with status 0
   */
  void run(String user, String command);
}
