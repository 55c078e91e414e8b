package io.gatehouse.gateway.http;

import io.javalin.http.HandlerType;

/**
 * One line of the route table.
 *
 * @param path in Javalin's spelling, parameters in braces
 */
record Route(HandlerType method, String path, Access access, Endpoint endpoint) {

  /** Who may come here. */
  enum Access {
    /** Anybody, without credentials. */
    PUBLIC,
    /** Whoever shows valid credentials. */
    CALLER
  }

  /** What is done for a request. */
  @FunctionalInterface
  interface Endpoint {
    void answer(Exchange exchange) throws Exception;
  }
}
