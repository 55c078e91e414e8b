package io.gatehouse.gateway.session;

/**
 * What can be done with one account's login: everything happens as that account, by its processes.
 *
 * <p>A login that was lost is opened again with the next call.
 */
public interface Session {

  /**
   * Starts a command with a pseudo-terminal and does not wait for it.
   *
   * @throws SessionException if the login fails or refuses one more channel
   */
  Command exec(CommandLine commandLine);

  /**
   * Returns if the account can enter the directory.
   *
   * @throws SessionException NO_DIRECTORY if it cannot
   */
  void requireDirectory(String directory);
}
