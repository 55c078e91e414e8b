/** Fuzzers of classes that only this package can use. */
@NullMarked
package io.gatehouse.gateway.terminal;

import org.jspecify.annotations.NullMarked;
