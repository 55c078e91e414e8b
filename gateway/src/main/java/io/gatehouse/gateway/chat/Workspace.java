package io.gatehouse.gateway.chat;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.session.AccountPath;
import java.util.Optional;

/**
 * An account as one chat sees it, at the time of one request.
 *
 * @param directory the chat's working directory, where its relative paths begin
 */
public record Workspace(ChatScope scope, Account account, String directory) {

  /** The absolute path that a client's path means in this chat. */
  public String resolve(String path) {
    return WorkingDirectories.resolve(account, directory, path);
  }

  /** The same path, together with the account that uses it. */
  public AccountPath at(String path) {
    return new AccountPath(account, resolve(path));
  }

  /**
   * The directory in which a command begins: the directory that the command asks for, or else the
   * chat's.
   */
  public String directoryOfCommand(Optional<String> asked) {
    return asked.map(this::resolve).orElse(directory);
  }

  /** Whether a directory is the account's home. */
  public boolean isHome(String path) {
    return path.equals(account.home().toString());
  }
}
