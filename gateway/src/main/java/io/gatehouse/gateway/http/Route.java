package io.gatehouse.gateway.http;

import io.gatehouse.gateway.http.describe.Operation;
import io.gatehouse.gateway.http.exchange.Endpoint;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.javalin.http.HandlerType;
import java.util.Optional;

/**
 * One line of the route table.
 *
 * @param path in Javalin's spelling, parameters in braces
 * @param searches whether the answer needs a search, which a HEAD is not worth
 */
record Route(HandlerType method, String path, Access access, Endpoint endpoint, boolean searches) {

  Route(HandlerType method, String path, Access access, Endpoint endpoint) {
    this(method, path, access, endpoint, false);
  }

  /** A route that only searches. */
  static Route search(String path, Endpoint endpoint) {
    return new Route(HandlerType.GET, path, Access.CALLER, endpoint, true);
  }

  /**
   * The route for HEAD where this one is for GET (RFC 9110, section 9.3.2): it answers the same
   * without the body, which is not made. A search is refused instead, as Open Terminal refuses HEAD
   * everywhere.
   */
  Optional<Route> head() {
    if (!method.equals(HandlerType.GET)) {
      return Optional.empty();
    }
    Endpoint answer = searches ? Route::refuseHead : endpoint;
    return Optional.of(new Route(HandlerType.HEAD, path, access, answer, searches));
  }

  /** Whether it is the route of an operation. */
  boolean answers(Operation operation) {
    return method.name().equals(operation.method()) && path.equals(operation.path());
  }

  private static void refuseHead(Exchange exchange) {
    exchange.header("Allow", "GET");
    throw new RefusedException(405, "Method Not Allowed");
  }

  /** The callers that a route answers. */
  enum Access {
    /** Everybody, also without credentials. */
    PUBLIC,
    /** Callers with valid credentials. */
    CALLER
  }
}
