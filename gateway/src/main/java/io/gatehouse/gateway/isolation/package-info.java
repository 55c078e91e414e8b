/** Finds out, by tests in logins, how far accounts are kept apart from each other. */
@NullMarked
package io.gatehouse.gateway.isolation;

import org.jspecify.annotations.NullMarked;
