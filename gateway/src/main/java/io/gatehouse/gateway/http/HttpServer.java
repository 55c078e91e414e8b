package io.gatehouse.gateway.http;

import io.gatehouse.gateway.account.AccountName;
import io.gatehouse.gateway.account.Accounts;
import io.gatehouse.gateway.auth.AuthException;
import io.gatehouse.gateway.auth.Authenticator;
import io.gatehouse.gateway.auth.Caller;
import io.gatehouse.gateway.auth.User;
import io.gatehouse.gateway.exec.ExecutionSettings;
import io.gatehouse.gateway.exec.Executions;
import io.gatehouse.gateway.files.FileServices;
import io.gatehouse.gateway.isolation.Isolation;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.MemoryBudget;
import io.gatehouse.gateway.session.Quota;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.session.WorkingDirectories;
import io.gatehouse.gateway.terminal.Terminals;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.plugin.bundled.CorsPluginConfig.CorsRule;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the route table over HTTP: authenticates, hands over, and answers what fails. */
public final class HttpServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

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
   * Connections that the kernel keeps until they are accepted. Java's 50 are full as soon as a
   * crowd comes, and whoever is turned away tries again a second later.
   */
  private static final int ACCEPT_QUEUE = 1024;

  /** What requests under way may still take when the server stops. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(3);

  /** How long a stop waits for connections that nobody uses. */
  private static final Duration STOP_IDLE_LIMIT = Duration.ofMillis(50);

  /**
   * Bytes of heap for a request that waits: what Jetty keeps for it, and the stack of its thread.
   * Besides, each may have what a {@link Lease} does not count.
   */
  private static final long WEIGHT_OF_REQUEST = 16 * 1024;

  /** Requests under way have one part in so many of the heap. */
  private static final long SHARE_OF_REQUESTS = 16;

  private static final int FEWEST_REQUESTS = 256;

  /** Enough for a thousand users, of whom each has a few requests that wait for commands. */
  private static final int MOST_REQUESTS = 4096;

  /** One user may have one part in so many of them. */
  private static final int SHARE_OF_USER = 2;

  /** What Javalin answers by itself, in the words of Open Terminal. */
  private static final Map<Integer, String> NOT_ROUTED =
      Map.of(404, "Not Found", 405, "Method Not Allowed");

  /** What a request carries for the log: the route it took, and who was found to call. */
  private static final String ROUTE = "gatehouse.route";

  private static final String CALLER = "gatehouse.caller";

  private final HttpSettings settings;
  private final Authenticator authenticator;
  private final Accounts accounts;
  private final RefusalLog refusals = new RefusalLog();
  private final ErrorTable errors = new ErrorTable(refusals);
  private final Strangers strangers = Strangers.ofHeap(refusals);
  private final Strangers resting = Strangers.knownOfHeap(refusals);
  private final WorkingDirectories directories;
  private final MemoryBudget memory;
  private final Quota requests;
  private final List<Route> routes;
  private final Optional<TerminalSockets> sockets;
  private final Javalin javalin;

  public HttpServer(
      HttpSettings settings,
      ExecutionSettings executionSettings,
      String version,
      Authenticator authenticator,
      Accounts accounts,
      Sessions sessions,
      Isolation isolation,
      Executions executions,
      FileServices files,
      WorkingDirectories directories,
      Optional<Terminals> terminals,
      MemoryBudget memory) {
    this.settings = settings;
    this.memory = memory;
    this.directories = directories;
    this.authenticator = authenticator;
    this.accounts = accounts;
    this.requests = requestsOfHeap(!accounts.isolated());
    ExecuteEndpoints execute = new ExecuteEndpoints(executions, executionSettings);
    this.sockets =
        terminals.map(
            opened ->
                new TerminalSockets(
                    opened,
                    new TerminalGate(
                        opened, authenticator, settings.corsAllowedOrigins(), refusals),
                    strangers));
    ServiceEndpoints service = new ServiceEndpoints(settings, version, terminals.isPresent());
    Downloads downloads = new Downloads(files.files(), new PagePolicy(settings.pagesKeepOrigin()));
    this.routes =
        Routes.table(
            settings,
            service,
            new IsolationEndpoints(isolation, accounts, sessions),
            execute,
            new DirectoryEndpoints(sessions, directories, settings.fileBrowserRoot()),
            new FileEndpoints(files.files(), downloads),
            new SearchEndpoints(files.contents(), files.names()),
            new TransferEndpoints(files.files(), downloads, settings.largestUpload()),
            new ComingEndpoints(),
            terminals.map(TerminalEndpoints::new));
    this.javalin = Javalin.create(this::configure);
  }

  private void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.startupWatcherEnabled = false;
    config.concurrency.useVirtualThreads = true;
    config.http.prefer405over404 = true;
    // Open WebUI's proxy takes it off again, and large answers are streams of bytes as they are.
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
    config.routes.exception(Exception.class, (failure, context) -> answer(failure, context));
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
    config.routes.addHttpHandler(route.method(), route.path(), context -> serve(route, context));
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

  /**
   * @param shared whether all users count as one
   */
  private static Quota requestsOfHeap(boolean shared) {
    long most = Runtime.getRuntime().maxMemory() / SHARE_OF_REQUESTS / WEIGHT_OF_REQUEST;
    int all = Math.clamp(most, FEWEST_REQUESTS, MOST_REQUESTS);
    return new Quota(shared ? all : all / SHARE_OF_USER, all);
  }

  private void serve(Route route, Context context) throws Exception {
    context.attribute(ROUTE, route.method() + " " + route.path());
    if (route.access() == Route.Access.PUBLIC) {
      try (Lease held = memory.lease("")) {
        serve(route, context, Optional.empty(), held);
      }
      return;
    }
    Caller caller = caller(context);
    // What needs no login, such as the output of earlier commands, is closed to them too.
    caller.user().ifPresent(accounts::requireEnabled);
    String userId = caller.user().map(User::id).orElse("");
    requests
        .take(userId, "requests under way")
        .ifPresent(
            limit -> {
              throw new RefusedException(
                  429, limit + ", the most there may be; wait for one to end");
            });
    try (Lease held = memory.lease(userId)) {
      serve(route, context, Optional.of(caller), held);
    } finally {
      requests.giveBack(userId);
      GuardedConnections.rest(connection(context));
    }
  }

  private void serve(Route route, Context context, Optional<Caller> caller, Lease held)
      throws Exception {
    route
        .endpoint()
        .answer(new Exchange(context, caller, accounts, directories, settings.largestBody(), held));
  }

  private Caller caller(Context context) {
    Caller caller =
        authenticator.authenticate(only("Authorization", context), only("X-User-Id", context));
    context.attribute(CALLER, caller);
    GuardedConnections.known(connection(context));
    return caller;
  }

  private static Connection connection(Context context) {
    return ServletContextRequest.getServletContextRequest(context.req())
        .getConnectionMetaData()
        .getConnection();
  }

  /** What says who is calling is said once: whoever sets it must not stand beside another. */
  private static Optional<String> only(String header, Context context) {
    List<String> values = Collections.list(context.req().getHeaders(header));
    if (values.size() > 1) {
      throw new AuthException(
          AuthException.Reason.BAD_REQUEST,
          header + " was sent " + values.size() + " times; send it once");
    }
    return values.stream().findFirst();
  }

  /** Whoever shows no credentials does not learn which other paths and methods there are. */
  private void notRouted(RefusedException refusal, Context context) {
    if (context.endpoints().lastHttpEndpoint() != null || isAllowedPreflight(context)) {
      return;
    }
    try {
      caller(context);
      answer(refusal, context);
    } catch (AuthException failure) {
      context.res().setHeader("Allow", null);
      answer(failure, context);
    }
  }

  /** Javalin's CORS plugin makes a 200 of it afterwards; browsers send no credentials with it. */
  private static boolean isAllowedPreflight(Context context) {
    return context.method().equals(HandlerType.OPTIONS)
        && context.res().getHeader("Access-Control-Allow-Origin") != null;
  }

  private void answer(Exception failure, Context context) {
    ErrorTable.Origin origin = origin(context);
    if (failure instanceof ClientGoneException) {
      LOG.debug("{}: {}", origin.route(), failure.toString());
      return;
    }
    if (failure instanceof BrokenAnswerException) {
      errors.logBrokenAnswer(failure, origin);
      // Whatever is sent now would be taken for the rest of the answer.
      connection(context).getEndPoint().close(failure);
      return;
    }
    if (!RequestRest.discard(context.req())) {
      context.header("Connection", "close");
    }
    ErrorTable.Answer answer = errors.answerTo(failure, origin);
    context.status(answer.status()).contentType("application/json").result(answer.body());
  }

  private ErrorTable.Origin origin(Context context) {
    String route = context.attribute(ROUTE);
    Caller caller = context.attribute(CALLER);
    Optional<User> user = caller == null ? Optional.empty() : caller.user();
    return new ErrorTable.Origin(
        route == null ? context.method() + " what is not there" : route,
        user.flatMap(accounts::nameOf)
            .map(AccountName::value)
            .or(() -> user.map(known -> "user " + known.id()))
            .orElseGet(() -> context.req().getRemoteAddr()),
        context.header("Authorization") == null);
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
