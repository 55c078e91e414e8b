/** Open Terminal's HTTP API: the server, the table of all routes, and what every request passes. */
@NullMarked
package io.gatehouse.gateway.http;

import org.jspecify.annotations.NullMarked;
