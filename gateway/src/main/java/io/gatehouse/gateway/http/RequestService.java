package io.gatehouse.gateway.http;

import io.gatehouse.gateway.account.Accounts;
import io.gatehouse.gateway.auth.AuthException;
import io.gatehouse.gateway.auth.Authenticator;
import io.gatehouse.gateway.auth.Caller;
import io.gatehouse.gateway.auth.User;
import io.gatehouse.gateway.chat.WorkingDirectories;
import io.gatehouse.gateway.http.connection.GuardedConnections;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.http.exchange.Turns;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.MemoryBudget;
import io.gatehouse.gateway.session.Quota;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.Connection;

/** Authenticates a request, counts it against its user's quota, and has its route answer it. */
final class RequestService {

  /** The attribute of a request that has the route it took, for the log. */
  static final String ROUTE = "gatehouse.route";

  /** The attribute of a request that has its authenticated caller, for the log. */
  static final String CALLER = "gatehouse.caller";

  /**
   * Bytes of heap for a request that waits: what Jetty keeps for it, and the stack of its thread.
   * Everything else that a request holds is counted by its {@link Lease}.
   */
  private static final long WEIGHT_OF_REQUEST = 16 * 1024;

  /** The share of the heap for requests under way is one part in this many. */
  private static final long SHARE_OF_REQUESTS = 16;

  private static final int FEWEST_REQUESTS = 256;

  /** Enough for a thousand users, of whom each has a few requests that wait for commands. */
  private static final int MOST_REQUESTS = 4096;

  /** One user may have one part in this many of all requests under way. */
  private static final int SHARE_OF_USER = 2;

  /**
   * How many large bodies of one user are parsed at a time. Parsing runs on a carrier thread of the
   * JVM, of which there is one for each processor, without giving it up. Half of them stay free for
   * other users.
   */
  private static final int PARSED_AT_A_TIME =
      Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

  /** A body of 10 MB takes less than a second, so this is enough for a crowd of them. */
  private static final Duration PARSING_WAIT = Duration.ofSeconds(30);

  private final Authenticator authenticator;
  private final Accounts accounts;
  private final WorkingDirectories directories;
  private final MemoryBudget memory;
  private final long largestBody;
  private final Quota requests;
  private final Turns parsing = new Turns(PARSED_AT_A_TIME, PARSING_WAIT);

  /**
   * @param largestBody bytes of a request's body
   */
  RequestService(
      Authenticator authenticator,
      Accounts accounts,
      WorkingDirectories directories,
      MemoryBudget memory,
      long largestBody) {
    this.authenticator = authenticator;
    this.accounts = accounts;
    this.directories = directories;
    this.memory = memory;
    this.largestBody = largestBody;
    this.requests = requestsOfHeap(!accounts.isolated());
  }

  /**
   * @param shared whether all users count as one
   */
  private static Quota requestsOfHeap(boolean shared) {
    long most = Runtime.getRuntime().maxMemory() / SHARE_OF_REQUESTS / WEIGHT_OF_REQUEST;
    int all = Math.clamp(most, FEWEST_REQUESTS, MOST_REQUESTS);
    return new Quota(shared ? all : all / SHARE_OF_USER, all);
  }

  /** Answers a request, or throws what {@link FailureAnswers} answers. */
  void serve(Route route, Context context) throws Exception {
    context.attribute(ROUTE, route.method() + " " + route.path());
    if (route.access() == Route.Access.PUBLIC) {
      try (Lease held = memory.lease("")) {
        serve(route, context, Optional.empty(), held);
      }
      return;
    }
    Caller caller = caller(context);
    // A disabled account is refused here, because some routes, such as the output of earlier
    // commands, open no account.
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
        .answer(new Exchange(context, caller, accounts, directories, largestBody, held, parsing));
  }

  /**
   * The authenticated caller.
   *
   * @throws AuthException if the credentials are missing or wrong
   */
  Caller caller(Context context) {
    Caller caller =
        authenticator.authenticate(only("Authorization", context), only("X-User-Id", context));
    context.attribute(CALLER, caller);
    GuardedConnections.known(connection(context));
    return caller;
  }

  /** The connection on which the request came. */
  static Connection connection(Context context) {
    return ServletContextRequest.getServletContextRequest(context.req())
        .getConnectionMetaData()
        .getConnection();
  }

  /**
   * The one value of a header that names the caller. A second value is refused, because a proxy
   * that sets the header must not stand beside a client that sets it too.
   */
  private static Optional<String> only(String header, Context context) {
    List<String> values = Collections.list(context.req().getHeaders(header));
    if (values.size() > 1) {
      throw new AuthException(
          AuthException.Reason.BAD_REQUEST,
          header + " was sent " + values.size() + " times; send it once");
    }
    return values.stream().findFirst();
  }
}
