/** What isolation costs, and what others notice of a user who takes all of a resource. */
@NullMarked
package io.gatehouse.bench.isolation;

import org.jspecify.annotations.NullMarked;
