package io.gatehouse.gateway.http.describe;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.chat.Workspace;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.RemoteFiles;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.Sessions;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Tells models about the machine and the caller's account. All of it was found at the start, except
 * for the account, its directory and the free space, which one SFTP request tells.
 */
public final class EnvironmentEndpoints {

  /** The operation that models see. Open Terminal has none like it. */
  public static final Operation GET_ENVIRONMENT =
      Operation.get("/environment", "get_environment")
          .summary("Get the environment")
          .description(
              """
              Returns the system, your account, the chat's directory, installed tools with \
              versions, limits, the time zone and how to install what is missing. Call it once \
              before work that depends on them, instead of running commands to find out.\
              """)
          .answers(
              200,
              "{system, account, directory, tools, python_packages, limits, time_zone, install}.")
          .build();

  private final Sessions sessions;
  private final Machine machine;

  public EnvironmentEndpoints(Sessions sessions, Machine machine) {
    this.sessions = sessions;
    this.machine = machine;
  }

  public void show(Exchange exchange) throws IOException {
    Workspace workspace = exchange.openWorkspace();
    exchange.json(
        answer(workspace.account(), workspace.directory(), freeBytes(workspace.account())));
  }

  Map<String, Object> answer(Account account, String directory, OptionalLong freeBytes) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("system", system());
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("name", account.name().value());
    view.put("home", account.home().toString());
    view.put("shell", AccountView.SHELL);
    answer.put("account", view);
    answer.put("directory", directory);
    answer.put("tools", machine.software().tools());
    machine
        .software()
        .pythonVersion()
        .filter(version -> !machine.software().has("python"))
        .ifPresent(version -> answer.put("python_version", version));
    answer.put("python_packages", machine.software().pythonPackages());
    Map<String, Object> limits = new LinkedHashMap<>();
    machine.mostProcesses().ifPresent(most -> limits.put("processes", Long.valueOf(most)));
    freeBytes.ifPresent(bytes -> limits.put("free_bytes_in_home", bytes));
    answer.put("limits", limits);
    answer.put("time_zone", machine.timeZone());
    machine.software().howToInstall().ifPresent(how -> answer.put("install", how));
    return answer;
  }

  private Map<String, Object> system() {
    Machine.OperatingSystem system = machine.system();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("os", system.os());
    system.distribution().ifPresent(name -> answer.put("distribution", name));
    answer.put("kernel", system.kernel());
    answer.put("arch", system.arch());
    answer.put("hostname", system.hostname());
    return answer;
  }

  /** The space that the account has left; empty if the login or the file system does not tell. */
  private OptionalLong freeBytes(Account account) {
    try (RemoteFiles files = sessions.of(account).files()) {
      return OptionalLong.of(files.space(account.home().toString()).freeBytes());
    } catch (SessionException | FileException silent) {
      return OptionalLong.empty();
    }
  }
}
