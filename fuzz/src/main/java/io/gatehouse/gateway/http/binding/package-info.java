/** Fuzzers of classes that only this package can use. */
@NullMarked
package io.gatehouse.gateway.http.binding;

import org.jspecify.annotations.NullMarked;
