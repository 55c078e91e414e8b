/** Answers for what Open WebUI asks and Gatehouse does not have yet: ports and notebooks. */
@NullMarked
package io.gatehouse.gateway.http.coming;

import org.jspecify.annotations.NullMarked;
