/**
 * A request with its caller and its answer, and the table that gives each failure its answer and
 * its line of the log.
 */
@NullMarked
package io.gatehouse.gateway.http.exchange;

import org.jspecify.annotations.NullMarked;
