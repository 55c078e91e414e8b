/**
 * Reads and writes JSON. Long texts of a body are decoded in place, so that they are in memory
 * once.
 */
@NullMarked
package io.gatehouse.gateway.http.json;

import org.jspecify.annotations.NullMarked;
