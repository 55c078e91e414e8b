package io.gatehouse.gateway.http;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.session.ChatScope;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.session.WorkingDirectories;
import java.io.IOException;
import java.util.Map;

/** Shows and changes the working directory of a chat. */
final class DirectoryEndpoints {

  private final Sessions sessions;
  private final WorkingDirectories directories;

  DirectoryEndpoints(Sessions sessions, WorkingDirectories directories) {
    this.sessions = sessions;
    this.directories = directories;
  }

  void show(Exchange exchange) throws IOException {
    Account account = exchange.account();
    exchange.json(
        Map.of(
            "cwd", directories.of(exchange.scope(), account), "home", account.home().toString()));
  }

  void change(Exchange exchange) throws IOException {
    String path = exchange.request(NoParameters.class, PathBody.class).body().path();
    ChatScope scope = exchange.scope();
    Account account = exchange.account();
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
