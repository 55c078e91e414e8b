/**
 * Answers requests of Open WebUI for features that Gatehouse does not have yet: ports and
 * notebooks.
 */
@NullMarked
package io.gatehouse.gateway.http.coming;

import org.jspecify.annotations.NullMarked;
