/** Finds the user of a bearer token: by the API key, or by asking Open WebUI, with a cache. */
@NullMarked
package io.gatehouse.gateway.auth;

import org.jspecify.annotations.NullMarked;
