package io.gatehouse.gateway.http;

import static io.gatehouse.gateway.http.Route.Access.CALLER;
import static io.gatehouse.gateway.http.Route.Access.PUBLIC;
import static io.javalin.http.HandlerType.DELETE;
import static io.javalin.http.HandlerType.GET;
import static io.javalin.http.HandlerType.OPTIONS;
import static io.javalin.http.HandlerType.PATCH;
import static io.javalin.http.HandlerType.POST;
import static io.javalin.http.HandlerType.PUT;

import io.gatehouse.gateway.http.describe.Operation;
import io.gatehouse.gateway.http.describe.ServiceEndpoints;
import io.gatehouse.gateway.http.describe.ServiceSettings;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.http.execute.ExecuteEndpoints;
import io.gatehouse.gateway.http.files.DirectoryEndpoints;
import io.gatehouse.gateway.http.files.FileEndpoints;
import io.gatehouse.gateway.http.files.SearchEndpoints;
import io.gatehouse.gateway.http.isolation.IsolationEndpoints;
import io.gatehouse.gateway.http.mcp.McpEndpoints;
import io.gatehouse.gateway.http.mcp.Tools;
import io.gatehouse.gateway.http.notebooks.NotebookEndpoints;
import io.gatehouse.gateway.http.ports.ProxyEndpoints;
import io.gatehouse.gateway.http.skills.SkillEndpoints;
import io.gatehouse.gateway.http.terminal.TerminalEndpoints;
import io.gatehouse.gateway.http.terminal.TerminalSockets;
import io.gatehouse.gateway.http.transfer.TransferEndpoints;
import io.javalin.http.HandlerType;
import java.util.ArrayList;
import java.util.List;

/** The table of all routes. */
final class Routes {

  private Routes() {}

  static List<Route> table(ServiceSettings settings, Endpoints endpoints) {
    ServiceEndpoints service = endpoints.about().service();
    IsolationEndpoints isolation = endpoints.isolation();
    ExecuteEndpoints execute = endpoints.programs().execute();
    DirectoryEndpoints directory = endpoints.files().directory();
    FileEndpoints files = endpoints.files().files();
    SearchEndpoints search = endpoints.files().search();
    TransferEndpoints transfer = endpoints.files().transfer();
    List<Route> table =
        new ArrayList<>(
            List.of(
                new Route(GET, "/health", PUBLIC, service::health),
                new Route(GET, "/health/ready", PUBLIC, isolation::ready),
                new Route(GET, "/isolation", CALLER, isolation::show),
                new Route(DELETE, "/processes", CALLER, isolation::endProcesses),
                new Route(GET, "/api/config", PUBLIC, service::config),
                new Route(GET, "/openapi.json", PUBLIC, service::openApi),
                new Route(GET, "/docs", PUBLIC, service::docs),
                new Route(GET, "/redoc", PUBLIC, service::redoc),
                new Route(GET, "/docs/{asset}", PUBLIC, service::docsAsset),
                // The answer is 404, because Open WebUI takes a server with any other answer for an
                // orchestrator of containers.
                new Route(GET, "/api/v1/policies", PUBLIC, exchange -> refuse()),
                new Route(GET, "/execute", CALLER, execute::list),
                new Route(POST, "/execute", CALLER, execute::run),
                new Route(GET, "/execute/{process_id}/status", CALLER, execute::status),
                new Route(POST, "/execute/{process_id}/input", CALLER, execute::input),
                new Route(DELETE, "/execute/{process_id}", CALLER, execute::kill),
                new Route(GET, "/files/cwd", CALLER, directory::show),
                new Route(POST, "/files/cwd", CALLER, directory::change),
                new Route(GET, "/files/list", CALLER, files::list),
                new Route(GET, "/files/read", CALLER, files::read),
                new Route(GET, "/files/display", CALLER, files::display),
                new Route(POST, "/files/write", CALLER, files::write),
                new Route(POST, "/files/replace", CALLER, files::replace),
                new Route(POST, "/files/mkdir", CALLER, files::makeDirectory),
                new Route(POST, "/files/move", CALLER, files::move),
                new Route(DELETE, "/files/delete", CALLER, files::delete),
                new Route(POST, "/files/compare", CALLER, files::compare),
                new Route(GET, "/files/view", CALLER, transfer::view),
                new Route(GET, "/files/serve/<path>", CALLER, transfer::serve),
                new Route(POST, "/files/upload", CALLER, transfer::upload),
                new Route(POST, "/files/archive", CALLER, transfer::archive),
                new Route(GET, "/ports", CALLER, endpoints.programs().ports()::list),
                Route.search("/files/grep", search::grep),
                Route.search("/files/glob", search::glob),
                Route.search("/files/search", search::search),
                Route.search("/files/matches", search::matches)));
    table.addAll(proxyRoutes(endpoints.programs().proxy()));
    table.addAll(skillRoutes(endpoints.skills()));
    endpoints.programs().terminals().ifPresent(terminal -> table.addAll(terminalRoutes(terminal)));
    endpoints.programs().notebooks().ifPresent(notebook -> table.addAll(notebookRoutes(notebook)));
    if (settings.extraTools()) {
      table.add(new Route(POST, "/files/patch", CALLER, endpoints.files().patch()::apply));
      table.add(new Route(GET, "/environment", CALLER, endpoints.about().environment()::show));
    }
    if (settings.offersSystemPrompt()) {
      table.add(new Route(GET, "/system", CALLER, service::system));
    }
    if (settings.info().isPresent()) {
      table.add(new Route(GET, "/info", CALLER, service::info));
    }
    return table;
  }

  /** The routes of MCP. */
  static List<Route> mcp(McpEndpoints mcp) {
    return List.of(
        new Route(POST, "/mcp", CALLER, mcp::post), new Route(DELETE, "/mcp", CALLER, mcp::delete));
  }

  /** The tools of MCP: operations, and what answers them by these routes. */
  static Tools tools(List<Operation> operations, List<Route> table) {
    return Tools.of(
        operations,
        operation ->
            table.stream()
                .filter(route -> route.answers(operation))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no route for " + operation.id()))
                .endpoint());
  }

  /**
   * The routes of terminals. {@link TerminalSockets} takes the WebSocket to the path with an id.
   */
  private static List<Route> terminalRoutes(TerminalEndpoints terminal) {
    return List.of(
        new Route(POST, "/api/terminals", CALLER, terminal::open),
        new Route(GET, "/api/terminals", CALLER, terminal::list),
        new Route(GET, "/api/terminals/user/output", CALLER, terminal::output),
        new Route(POST, "/api/terminals/user/input", CALLER, terminal::input),
        new Route(GET, "/api/terminals/{id}", CALLER, terminal::show),
        new Route(DELETE, "/api/terminals/{id}", CALLER, terminal::end));
  }

  private static List<Route> skillRoutes(SkillEndpoints skills) {
    return List.of(
        new Route(GET, "/skills", CALLER, skills::list),
        new Route(GET, "/skills/read", CALLER, skills::read),
        new Route(GET, "/skills/{name}", CALLER, skills::readByPath));
  }

  private static List<Route> notebookRoutes(NotebookEndpoints notebook) {
    return List.of(
        new Route(POST, "/notebooks", CALLER, notebook::open),
        new Route(POST, "/notebooks/{id}/execute", CALLER, notebook::execute),
        new Route(POST, "/notebooks/{id}/interrupt", CALLER, notebook::interrupt),
        new Route(POST, "/notebooks/{id}/restart", CALLER, notebook::restart),
        new Route(GET, "/notebooks/{id}", CALLER, notebook::show),
        new Route(DELETE, "/notebooks/{id}", CALLER, notebook::end));
  }

  /** The routes of the proxy, which passes every method on. The route of GET also takes HEAD. */
  private static List<Route> proxyRoutes(ProxyEndpoints proxy) {
    List<Route> table = new ArrayList<>();
    for (HandlerType method : List.of(GET, POST, PUT, PATCH, DELETE, OPTIONS)) {
      table.add(new Route(method, "/proxy/{port}", CALLER, proxy::forward));
      table.add(new Route(method, "/proxy/{port}/<path>", CALLER, proxy::forward));
    }
    return table;
  }

  private static void refuse() {
    throw RefusedException.noSuchPage();
  }
}
