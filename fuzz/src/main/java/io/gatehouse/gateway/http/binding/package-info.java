/** Fuzzers of what has no public door. */
@NullMarked
package io.gatehouse.gateway.http.binding;

import org.jspecify.annotations.NullMarked;
