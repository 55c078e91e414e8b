package io.gatehouse.gateway.http;

import io.gatehouse.gateway.auth.AuthException;
import io.gatehouse.gateway.auth.Authenticator;
import io.gatehouse.gateway.exec.ExecutionSettings;
import io.gatehouse.gateway.http.connection.GuardedConnections;
import io.gatehouse.gateway.http.connection.Strangers;
import io.gatehouse.gateway.http.exchange.ErrorTable;
import io.gatehouse.gateway.http.exchange.JettyErrors;
import io.gatehouse.gateway.http.exchange.RefusalLog;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.http.terminal.TerminalGate;
import io.gatehouse.gateway.http.terminal.TerminalSockets;
import io.gatehouse.gateway.session.MemoryBudget;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.plugin.bundled.CorsPluginConfig.CorsRule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Serves the route table over HTTP: authenticates, hands over, and answers what fails. */
public final class HttpServer implements AutoCloseable {

  /**
   * The silence of strangers is longer than the 15 s for which Open WebUI (aiohttp) keeps a
   * connection that it may use again; that of others is longer than the longest wait of a request.
   */
  private static final GuardedConnections.Limits LIMITS =
      new GuardedConnections.Limits(
          Duration.ofSeconds(10),
          Duration.ofSeconds(20),
          ExecutionSettings.LONGEST_WAIT.plus(Duration.ofSeconds(30)));

  /**
   * Connections that the kernel keeps until they are accepted. Java's default of 50 is full as soon
   * as a crowd comes, and a client that is turned away tries again only a second later.
   */
  private static final int ACCEPT_QUEUE = 1024;

  /** How long a stop waits for requests under way. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(3);

  /** How long a stop waits for connections that nobody uses. */
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
  private final Javalin javalin;

  /**
   * @param version the version of Gatehouse
   * @param memory what all requests may hold in memory
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
    this.routes =
        Routes.table(settings.service(), Endpoints.of(settings, executions, version, services));
    this.javalin = Javalin.create(this::configure);
  }

  private void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.startupWatcherEnabled = false;
    config.concurrency.useVirtualThreads = true;
    config.http.prefer405over404 = true;
    // Open WebUI's proxy would undo compression, and large answers are streams of bytes as they
    // are.
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.jetty.modifyServer(
        server -> {
          server.setStopTimeout(STOP_LIMIT.toMillis());
          server.setErrorHandler(new JettyErrors());
        });
    config.jetty.modifyHttpConfiguration(HttpServer::harden);
    config.jetty.addConnector(this::connector);
    allowOrigins(config);
    config.routes.before(context -> context.header("X-Content-Type-Options", "nosniff"));
    routes.forEach(route -> add(route, config));
    // Javalin would answer HEAD by itself wherever there is GET: 200, to anybody.
    routes.forEach(route -> route.head().ifPresent(head -> add(head, config)));
    config.routes.exception(Exception.class, failures::answer);
    sockets.ifPresent(
        each -> {
          config.jetty.modifyWebSocketServletFactory(each::configure);
          // Javalin upgrades what it knows; the mapping above is nearer than Javalin's own.
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
    if (origins.contains("*")) {
      rule.anyHost();
    } else {
      origins.forEach(rule::allowHost);
    }
  }

  /** A caller without credentials is not told which paths and methods exist. */
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

  /** Javalin's CORS plugin makes a 200 of it afterwards; browsers send no credentials with it. */
  private static boolean isAllowedPreflight(Context context) {
    return context.method().equals(HandlerType.OPTIONS)
        && context.header("Access-Control-Request-Method") != null
        && context.res().getHeader("Access-Control-Allow-Origin") != null;
  }

  /** Binds the port and serves. */
  public void start() {
    javalin.start();
  }

  /** The port that was bound. */
  public int port() {
    return javalin.port();
  }

  @Override
  public void close() {
    javalin.stop();
    sockets.ifPresent(TerminalSockets::close);
    refusals.close();
  }
}
