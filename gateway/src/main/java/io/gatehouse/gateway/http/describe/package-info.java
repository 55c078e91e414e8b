/** Describes the server to its clients: the OpenAPI document, its page, and the system prompt. */
@NullMarked
package io.gatehouse.gateway.http.describe;

import org.jspecify.annotations.NullMarked;
