/** What the server says of itself: the OpenAPI document, its page, the system prompt. */
@NullMarked
package io.gatehouse.gateway.http.describe;

import org.jspecify.annotations.NullMarked;
