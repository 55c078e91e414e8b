package io.gatehouse.gateway.http;

import io.gatehouse.gateway.auth.AuthException;
import io.gatehouse.gateway.auth.Authenticator;
import io.gatehouse.gateway.exec.ExecutionSettings;
import io.gatehouse.gateway.http.connection.GuardedConnections;
import io.gatehouse.gateway.http.connection.Strangers;
import io.gatehouse.gateway.http.describe.Operation;
import io.gatehouse.gateway.http.exchange.ErrorTable;
import io.gatehouse.gateway.http.exchange.JettyErrors;
import io.gatehouse.gateway.http.exchange.RefusalLog;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.http.json.Json;
import io.gatehouse.gateway.http.mcp.LoginSocket;
import io.gatehouse.gateway.http.mcp.McpEndpoints;
import io.gatehouse.gateway.http.mcp.McpMethods;
import io.gatehouse.gateway.http.ports.AppSockets;
import io.gatehouse.gateway.http.ports.SocketFilter;
import io.gatehouse.gateway.http.terminal.TerminalGate;
import io.gatehouse.gateway.http.terminal.TerminalSockets;
import io.gatehouse.gateway.schedule.Deferred;
import io.gatehouse.gateway.session.MemoryBudget;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.plugin.bundled.CorsPluginConfig.CorsRule;
import io.modelcontextprotocol.spec.HttpHeaders;
import jakarta.servlet.DispatcherType;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Serves the route table over HTTP: authenticates each request, passes it to its endpoint, and
 * answers requests that fail.
 */
public final class HttpServer implements AutoCloseable {

  /**
   * How long a connection may keep the server waiting. As long as its caller is not known, its
   * silence may be longer than the 15 s for which Open WebUI (aiohttp) keeps a connection for
   * another request. Afterwards its silence may be longer than the longest wait of a request.
   */
  private static final GuardedConnections.Limits LIMITS =
      new GuardedConnections.Limits(
          Duration.ofSeconds(10),
          Duration.ofSeconds(20),
          ExecutionSettings.LONGEST_WAIT.plus(Duration.ofSeconds(30)));

  /**
   * The most connections that the kernel keeps until they are accepted. Java's default of 50 is too
   * few when many clients connect at the same time, and a client that is refused tries again only a
   * second later.
   */
  private static final int ACCEPT_QUEUE = 1024;

  /** How long a stop waits for requests under way. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(3);

  /** How long a stop waits for connections without a request. */
  private static final Duration STOP_IDLE_LIMIT = Duration.ofMillis(50);

  /**
   * The answers to requests without a route, in the words of Open Terminal. Javalin has its own
   * words.
   */
  private static final Map<Integer, String> NOT_ROUTED =
      Map.of(404, "Not Found", 405, "Method Not Allowed");

  private final HttpSettings settings;
  private final RefusalLog refusals = new RefusalLog();
  private final Strangers strangers = Strangers.ofHeap(refusals);
  private final Strangers resting = Strangers.knownOfHeap(refusals);
  private final RequestService requests;
  private final FailureAnswers failures;
  private final List<Route> routes;
  private final Optional<TerminalSockets> sockets;
  private final AppSockets portSockets;
  private final LoginSocket logins;
  private final Javalin javalin;

  /**
   * @param version the version of Gatehouse
   * @param memory bounds what all requests hold in memory
   */
  public HttpServer(
      HttpSettings settings,
      ExecutionSettings executions,
      String version,
      Authenticator authenticator,
      Services services,
      MemoryBudget memory) {
    this.settings = settings;
    this.requests =
        new RequestService(
            authenticator,
            services.accounts(),
            services.directories(),
            memory,
            settings.largestBody());
    this.failures = new FailureAnswers(new ErrorTable(refusals), services.accounts());
    this.sockets =
        services
            .terminals()
            .map(
                opened ->
                    new TerminalSockets(
                        opened,
                        new TerminalGate(
                            opened, authenticator, settings.corsAllowedOrigins(), refusals),
                        strangers));
    this.portSockets =
        new AppSockets(authenticator, settings.corsAllowedOrigins(), AppSockets.RECHECK);
    Deferred<List<Operation>> operations =
        new Deferred<>(
            () -> Operations.offered(settings.service(), services.terminals().isPresent()));
    List<Route> table =
        Routes.table(
            settings.service(),
            Endpoints.of(settings, executions, version, operations, services, portSockets));
    McpMethods mcp =
        new McpMethods(
            version,
            new Deferred<>(() -> Routes.tools(operations.value(), table)),
            services.files().files(),
            failures::answerTo);
    this.routes =
        Stream.concat(
                table.stream(),
                Routes.mcp(new McpEndpoints(settings.corsAllowedOrigins(), mcp)).stream())
            .toList();
    this.logins =
        new LoginSocket(
            settings.mcpSocket(),
            services.accounts(),
            mcp,
            memory,
            settings.largestBody(),
            requests::serve);
    this.javalin = Javalin.create(this::configure);
  }

  /** Loads what every server needs, so that its start need not wait for it. */
  public static void load() {
    Server server = new Server();
    server.addConnector(new ServerConnector(server));
    var unused = List.of(Javalin.create(), Json.bytes(Json.NODES.objectNode()));
  }

  private void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.startupWatcherEnabled = false;
    config.concurrency.useVirtualThreads = true;
    config.http.prefer405over404 = true;
    // Answers are not compressed. Open WebUI's proxy would undo it, and large answers are streams
    // of unchanged bytes.
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.jetty.modifyServer(
        server -> {
          server.setStopTimeout(STOP_LIMIT.toMillis());
          server.setErrorHandler(new JettyErrors());
        });
    config.jetty.modifyHttpConfiguration(HttpServer::harden);
    config.jetty.addConnector(this::connector);
    config.jetty.modifyServletContextHandler(
        handler ->
            handler.addFilter(
                SocketFilter.class, SocketFilter.PATHS, EnumSet.of(DispatcherType.REQUEST)));
    allowOrigins(config);
    config.routes.before(context -> context.header("X-Content-Type-Options", "nosniff"));
    routes.forEach(route -> add(route, config));
    // Without these routes, Javalin would answer HEAD with 200 to anybody wherever there is GET.
    routes.forEach(route -> route.head().ifPresent(head -> add(head, config)));
    config.routes.exception(Exception.class, failures::answer);
    sockets.ifPresent(
        each -> {
          config.jetty.modifyWebSocketServletFactory(each::configure);
          // Javalin lets only paths that it knows become WebSockets, so it is told this path. The
          // mapping above is more specific than Javalin's own, so it gets the WebSockets.
          config.routes.ws(TerminalSockets.PATH + "{id}", unused -> {});
        });
    NOT_ROUTED.forEach(
        (status, detail) ->
            config.routes.error(
                status, context -> notRouted(new RefusedException(status, detail), context)));
  }

  private void add(Route route, JavalinConfig config) {
    config.routes.addHttpHandler(
        route.method(),
        route.path(),
        context -> {
          if (!isAllowedPreflight(context)) {
            requests.serve(route, context);
          }
        });
  }

  private static void harden(HttpConfiguration configuration) {
    configuration.setSendServerVersion(false);
    configuration.setRequestHeaderSize(GuardedConnections.LARGEST_HEADER);
  }

  private Connector connector(Server server, HttpConfiguration configuration) {
    ServerConnector connector =
        new ServerConnector(
            server, new GuardedConnections(configuration, strangers, resting, LIMITS));
    connector.setHost(settings.host());
    connector.setPort(settings.port());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    connector.setShutdownIdleTimeout(STOP_IDLE_LIMIT.toMillis());
    return connector;
  }

  private void allowOrigins(JavalinConfig config) {
    List<String> origins = settings.corsAllowedOrigins();
    if (!origins.isEmpty()) {
      config.bundledPlugins.enableCors(cors -> cors.addRule(rule -> allow(rule, origins)));
    }
  }

  private static void allow(CorsRule rule, List<String> origins) {
    rule.exposeHeader("Content-Disposition");
    rule.exposeHeader(HttpHeaders.MCP_SESSION_ID);
    if (origins.contains("*")) {
      rule.anyHost();
    } else {
      origins.forEach(rule::allowHost);
    }
  }

  /**
   * Answers a request without a route. A caller without credentials is not told which paths and
   * methods exist.
   */
  private void notRouted(RefusedException refusal, Context context) {
    if (context.endpoints().lastHttpEndpoint() != null || isAllowedPreflight(context)) {
      return;
    }
    try {
      var unused = requests.caller(context);
      failures.answer(refusal, context);
    } catch (AuthException failure) {
      context.res().setHeader("Allow", null);
      failures.answer(failure, context);
    }
  }

  /**
   * Whether the request is a preflight from an allowed origin. Javalin's CORS plugin turns its
   * answer into a 200 afterwards; browsers send no credentials with it.
   */
  private static boolean isAllowedPreflight(Context context) {
    return context.method().equals(HandlerType.OPTIONS)
        && context.header("Access-Control-Request-Method") != null
        && context.res().getHeader("Access-Control-Allow-Origin") != null;
  }

  /** Binds the port and the socket for logins, and serves. */
  public void start() {
    javalin.start();
    logins.start();
  }

  /** The port that was bound. */
  public int port() {
    return javalin.port();
  }

  @Override
  public void close() {
    logins.close();
    portSockets.close();
    javalin.stop();
    sockets.ifPresent(TerminalSockets::close);
    refusals.close();
  }
}
