/** The endpoints that show how far users are kept apart and end what an account runs. */
@NullMarked
package io.gatehouse.gateway.http.isolation;

import org.jspecify.annotations.NullMarked;
