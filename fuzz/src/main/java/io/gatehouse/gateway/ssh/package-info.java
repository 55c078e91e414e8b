/** Fuzzers of classes that only this package can use. */
@NullMarked
package io.gatehouse.gateway.ssh;

import org.jspecify.annotations.NullMarked;
