package io.gatehouse.gateway.http.exchange;

/** Answers the requests of one route. */
@FunctionalInterface
public interface Endpoint {
  void answer(Exchange exchange) throws Exception;
}
