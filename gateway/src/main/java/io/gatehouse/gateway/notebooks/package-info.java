/** Runs the cells of notebooks in kernels that live on in their users' logins. */
@NullMarked
package io.gatehouse.gateway.notebooks;

import org.jspecify.annotations.NullMarked;
