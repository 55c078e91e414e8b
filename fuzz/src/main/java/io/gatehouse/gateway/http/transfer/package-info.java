/** Fuzzers of what has no public door. */
@NullMarked
package io.gatehouse.gateway.http.transfer;

import org.jspecify.annotations.NullMarked;
