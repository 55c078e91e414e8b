package io.gatehouse.gateway.http.mcp;

import io.gatehouse.gateway.auth.Caller;
import io.gatehouse.gateway.http.exchange.Carrier;
import io.gatehouse.gateway.http.exchange.Endpoint;

/**
 * Lets a request of a known caller through, within the bounds that requests over HTTP have: the
 * account is enabled, and the user has a place in the quota of requests.
 */
@FunctionalInterface
public interface RequestGate {
  void serve(Caller caller, Carrier carrier, Endpoint endpoint) throws Exception;
}
