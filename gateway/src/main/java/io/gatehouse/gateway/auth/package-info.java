/** From bearer token to User: the API key, the Open WebUI call and its cache. */
@NullMarked
package io.gatehouse.gateway.auth;

import org.jspecify.annotations.NullMarked;
