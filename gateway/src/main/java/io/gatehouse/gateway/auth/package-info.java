/** Finds the User of a bearer token, by the API key or by a cached call to Open WebUI. */
@NullMarked
package io.gatehouse.gateway.auth;

import org.jspecify.annotations.NullMarked;
