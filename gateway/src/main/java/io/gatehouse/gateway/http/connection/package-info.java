/**
 * Bounds what connections may hold and how long they may be silent, until their callers are known.
 */
@NullMarked
package io.gatehouse.gateway.http.connection;

import org.jspecify.annotations.NullMarked;
