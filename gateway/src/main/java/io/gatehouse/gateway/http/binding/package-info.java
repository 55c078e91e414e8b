/**
 * Binds the query, path and body of a request to annotated records, and documents the same records
 * as JSON schemas.
 */
@NullMarked
package io.gatehouse.gateway.http.binding;

import org.jspecify.annotations.NullMarked;
