/** Measures Gatehouse beside a bare SSH channel and beside Open Terminal. */
@NullMarked
package io.gatehouse.bench;

import org.jspecify.annotations.NullMarked;
