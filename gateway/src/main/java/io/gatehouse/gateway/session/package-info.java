/**
 * Interfaces and value types of what can be done in a login. The package {@code ssh} implements the
 * interfaces.
 */
@NullMarked
package io.gatehouse.gateway.session;

import org.jspecify.annotations.NullMarked;
