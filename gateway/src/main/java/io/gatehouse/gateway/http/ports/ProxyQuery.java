package io.gatehouse.gateway.http.ports;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.InPath;

/** The parameters of the proxy. The query belongs to the user's server. */
public record ProxyQuery(@Described("The port at which the program listens.") @InPath int port) {}
