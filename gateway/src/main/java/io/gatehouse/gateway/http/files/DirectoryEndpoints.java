package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.chat.ChatScope;
import io.gatehouse.gateway.chat.WorkingDirectories;
import io.gatehouse.gateway.chat.Workspace;
import io.gatehouse.gateway.http.binding.NoParameters;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.Sessions;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Shows and changes the working directory of a chat. */
public final class DirectoryEndpoints {

  private final Sessions sessions;
  private final WorkingDirectories directories;
  private final Optional<String> root;

  /**
   * @param root the setting OPEN_TERMINAL_FILE_BROWSER_ROOT
   */
  public DirectoryEndpoints(
      Sessions sessions, WorkingDirectories directories, Optional<String> root) {
    this.sessions = sessions;
    this.directories = directories;
    this.root = root;
  }

  public void show(Exchange exchange) throws IOException {
    Workspace workspace = exchange.openWorkspace();
    Account account = workspace.account();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("cwd", workspace.directory());
    answer.put("home", account.home().toString());
    root.filter(mode -> !mode.equalsIgnoreCase("filesystem"))
        .ifPresent(mode -> answer.put("root", root(account, mode)));
    exchange.json(answer);
  }

  private static Map<String, String> root(Account account, String mode) {
    String home = account.home().toString();
    String path =
        mode.equalsIgnoreCase("home")
            ? home
            : WorkingDirectories.resolve(
                account, home, mode.replace("{{home}}", home).replaceFirst("^~(?=/|$)", home));
    String name = path.substring(path.lastIndexOf('/') + 1);
    return Map.of("path", path, "label", path.equals(home) ? "Home" : name.isEmpty() ? path : name);
  }

  public void change(Exchange exchange) throws IOException {
    String path = exchange.request(NoParameters.class, PathBody.class).body().path();
    ChatScope scope = exchange.scope();
    Account account = exchange.openAccount();
    String directory = WorkingDirectories.resolve(account, account.home().toString(), path);
    try {
      sessions.of(account).requireDirectory(directory);
    } catch (SessionException refusal) {
      throw refusal.reason() == SessionException.Reason.NO_DIRECTORY
          ? new RefusedException(404, "Directory not found")
          : refusal;
    }
    directories.remember(scope, directory);
    exchange.json(Map.of("cwd", directory));
  }
}
