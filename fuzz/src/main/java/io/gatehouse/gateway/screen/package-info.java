/** Fuzzers of classes that only this package can use. */
@NullMarked
package io.gatehouse.gateway.screen;

import org.jspecify.annotations.NullMarked;
