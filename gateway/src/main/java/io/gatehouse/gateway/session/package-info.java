/** What a login can do: interfaces and value types that {@code ssh} implements. */
@NullMarked
package io.gatehouse.gateway.session;

import org.jspecify.annotations.NullMarked;
