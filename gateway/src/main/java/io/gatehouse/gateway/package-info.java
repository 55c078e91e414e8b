/** Reads the configuration from the environment, wires the packages together and starts them. */
@NullMarked
package io.gatehouse.gateway;

import org.jspecify.annotations.NullMarked;
