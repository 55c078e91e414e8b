/** The faults of a request, in the form in which FastAPI answers 422. */
@NullMarked
package io.gatehouse.gateway.http.problem;

import org.jspecify.annotations.NullMarked;
