/** Applies patches of several files: all of a patch, or nothing. */
@NullMarked
package io.gatehouse.gateway.files.patch;

import org.jspecify.annotations.NullMarked;
