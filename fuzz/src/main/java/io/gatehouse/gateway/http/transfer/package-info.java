/** Fuzzers of classes that only this package can use. */
@NullMarked
package io.gatehouse.gateway.http.transfer;

import org.jspecify.annotations.NullMarked;
