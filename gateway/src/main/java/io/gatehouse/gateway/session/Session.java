package io.gatehouse.gateway.session;

import java.time.Duration;
import java.util.Optional;

/**
 * The login of one account. Everything in it is done as that account, by its processes.
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
   * Starts the account's login shell on a terminal.
   *
   * @param directory where the shell begins; if it cannot be entered, the shell begins at home, and
   *     a line of the output says so
   * @throws SessionException if the login fails or refuses one more channel
   */
  Shell shell(String directory, WindowSize size);

  /**
   * Checks that the account can enter the directory.
   *
   * @throws SessionException NO_DIRECTORY if it cannot
   */
  void requireDirectory(String directory);

  /**
   * Starts a program without a terminal and without the user's startup files.
   *
   * @param text the command line for the login shell
   * @param limit the time after which the program is killed
   * @throws SessionException if the login fails or refuses one more channel
   */
  Pipe pipe(String text, Duration limit);

  /**
   * Starts a program that talks with the gateway, without a terminal and without the user's startup
   * files.
   *
   * @param text a command line for the login shell
   * @throws SessionException if the login fails or refuses one more channel
   */
  Conversation converse(String text);

  /**
   * Starts a program as {@link #pipe} does, if the account is logged in. This never logs in, and
   * does not count as use of the login.
   *
   * @throws SessionException if the login refuses one more channel
   */
  Optional<Pipe> pipeIfLoggedIn(String text, Duration limit);

  /**
   * Makes sshd connect to a TCP server on behalf of the login, as the account's own programs would.
   *
   * @param host an address of loopback; sshd refuses all other addresses
   * @return empty if no program answers at the address
   * @throws SessionException if the login fails or refuses the connection; TIMED_OUT if connecting
   *     takes longer than the limit
   */
  Optional<Tunnel> connect(String host, int port, Duration limit);

  /**
   * Gives access to the account's files; the caller closes the returned object.
   *
   * @throws SessionException if the login fails or refuses one more channel
   */
  RemoteFiles files();

  /**
   * Kills every process of the account, no matter who started it. The next call opens a new login.
   *
   * @throws io.gatehouse.gateway.account.AccountException if it cannot be done
   */
  void endProcesses();
}
