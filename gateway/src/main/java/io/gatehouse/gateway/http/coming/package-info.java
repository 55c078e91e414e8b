/** Answers requests of Open WebUI for ports, a feature that Gatehouse does not have yet. */
@NullMarked
package io.gatehouse.gateway.http.coming;

import org.jspecify.annotations.NullMarked;
