/** The endpoints that show how far users are kept apart and end the processes of an account. */
@NullMarked
package io.gatehouse.gateway.http.isolation;

import org.jspecify.annotations.NullMarked;
