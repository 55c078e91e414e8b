/**
 * One request with its caller and its answer, and the table from each failure to its answer and log
 * line.
 */
@NullMarked
package io.gatehouse.gateway.http.exchange;

import org.jspecify.annotations.NullMarked;
