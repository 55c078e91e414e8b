/** Fuzzers of classes that only this package can use. */
@NullMarked
package io.gatehouse.gateway.files;

import org.jspecify.annotations.NullMarked;
