/** Answers for what Open WebUI asks and Gatehouse does not have yet: ports and skills. */
@NullMarked
package io.gatehouse.gateway.http.coming;

import org.jspecify.annotations.NullMarked;
