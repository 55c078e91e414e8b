package io.gatehouse.gateway.http;

import io.gatehouse.gateway.exec.ExecutionSettings;
import io.gatehouse.gateway.files.FileServices;
import io.gatehouse.gateway.http.describe.EnvironmentEndpoints;
import io.gatehouse.gateway.http.describe.Machine;
import io.gatehouse.gateway.http.describe.Operation;
import io.gatehouse.gateway.http.describe.ServiceEndpoints;
import io.gatehouse.gateway.http.execute.ExecuteEndpoints;
import io.gatehouse.gateway.http.files.DirectoryEndpoints;
import io.gatehouse.gateway.http.files.FileEndpoints;
import io.gatehouse.gateway.http.files.PatchEndpoints;
import io.gatehouse.gateway.http.files.SearchEndpoints;
import io.gatehouse.gateway.http.isolation.IsolationEndpoints;
import io.gatehouse.gateway.http.notebooks.NotebookEndpoints;
import io.gatehouse.gateway.http.ports.AppSockets;
import io.gatehouse.gateway.http.ports.PortEndpoints;
import io.gatehouse.gateway.http.ports.ProxyEndpoints;
import io.gatehouse.gateway.http.skills.SkillEndpoints;
import io.gatehouse.gateway.http.terminal.TerminalEndpoints;
import io.gatehouse.gateway.http.transfer.Downloads;
import io.gatehouse.gateway.http.transfer.PagePolicy;
import io.gatehouse.gateway.http.transfer.TransferEndpoints;
import io.gatehouse.gateway.schedule.Deferred;
import java.util.List;
import java.util.Optional;

/** The endpoints of all packages below {@code http}. */
record Endpoints(
    About about,
    IsolationEndpoints isolation,
    OfPrograms programs,
    OfFiles files,
    SkillEndpoints skills) {

  /** What the server says of itself and of the machine. */
  record About(ServiceEndpoints service, EnvironmentEndpoints environment) {}

  /** The endpoints below {@code /files}. */
  record OfFiles(
      DirectoryEndpoints directory,
      FileEndpoints files,
      PatchEndpoints patch,
      SearchEndpoints search,
      TransferEndpoints transfer) {

    private static OfFiles of(FileSettings settings, Services services) {
      FileServices files = services.files();
      Downloads downloads =
          new Downloads(
              files.files(), settings.binaryTypes(), new PagePolicy(settings.pagesKeepOrigin()));
      return new OfFiles(
          new DirectoryEndpoints(
              services.sessions(), services.directories(), settings.browserRoot()),
          new FileEndpoints(files.files(), downloads),
          new PatchEndpoints(services.features().patches()),
          new SearchEndpoints(files.contents(), files.names()),
          new TransferEndpoints(files.files(), downloads, settings.largestUpload()));
    }
  }

  /**
   * The endpoints that start the caller's programs or reach them.
   *
   * @param terminals empty if the operator has turned terminals off
   * @param notebooks empty if the operator has turned notebooks off
   */
  record OfPrograms(
      ExecuteEndpoints execute,
      Optional<TerminalEndpoints> terminals,
      PortEndpoints ports,
      ProxyEndpoints proxy,
      Optional<NotebookEndpoints> notebooks) {}

  /**
   * @param version the version of Gatehouse
   * @param operations the operations that models see
   * @param sockets the WebSockets to ports
   */
  static Endpoints of(
      HttpSettings settings,
      ExecutionSettings executions,
      String version,
      Deferred<List<Operation>> operations,
      Services services,
      AppSockets sockets) {
    boolean offersTerminals = services.terminals().isPresent();
    Optional<NotebookEndpoints> notebooks = services.notebooks().map(NotebookEndpoints::new);
    Machine machine = Machine.read(settings.runtimeDirectory());
    return new Endpoints(
        new About(
            new ServiceEndpoints(
                settings.service(),
                version,
                operations,
                new ServiceEndpoints.Features(
                    offersTerminals, notebooks.map(NotebookEndpoints::installed).orElse(false)),
                machine),
            new EnvironmentEndpoints(services.sessions(), machine)),
        new IsolationEndpoints(services.isolation(), services.accounts(), services.sessions()),
        new OfPrograms(
            new ExecuteEndpoints(services.executions(), executions),
            services.terminals().map(TerminalEndpoints::new),
            new PortEndpoints(services.features().ports()),
            new ProxyEndpoints(
                services.features().ports(),
                sockets,
                new PagePolicy(settings.files().pagesKeepOrigin())),
            notebooks),
        OfFiles.of(settings.files(), services),
        new SkillEndpoints(services.features().skills()));
  }
}
