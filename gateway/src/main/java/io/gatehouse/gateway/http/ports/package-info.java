/** Endpoints for the ports of the caller's programs, and the proxy to them. */
@NullMarked
package io.gatehouse.gateway.http.ports;

import org.jspecify.annotations.NullMarked;
