/** The servers that are compared, as clients see them, and what they are measured with. */
@NullMarked
package io.gatehouse.bench.client;

import org.jspecify.annotations.NullMarked;
