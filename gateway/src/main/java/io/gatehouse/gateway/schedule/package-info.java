/** Does again and again what nobody asks for. */
@NullMarked
package io.gatehouse.gateway.schedule;

import org.jspecify.annotations.NullMarked;
