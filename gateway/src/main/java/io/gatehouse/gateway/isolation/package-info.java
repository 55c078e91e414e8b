/** Finds out, by trying, how far accounts are kept apart from each other. */
@NullMarked
package io.gatehouse.gateway.isolation;

import org.jspecify.annotations.NullMarked;
