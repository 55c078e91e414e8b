/** The endpoints that run commands and follow them, with their records. */
@NullMarked
package io.gatehouse.gateway.http.execute;

import org.jspecify.annotations.NullMarked;
