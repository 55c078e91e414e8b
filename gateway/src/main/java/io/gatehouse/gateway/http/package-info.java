/**
 * Open Terminal's HTTP API: the server, the table of all routes, and the steps that every request
 * goes through.
 */
@NullMarked
package io.gatehouse.gateway.http;

import org.jspecify.annotations.NullMarked;
