/** Transfers whole files: downloads with ranges and conditions, uploads, archives, and pages. */
@NullMarked
package io.gatehouse.gateway.http.transfer;

import org.jspecify.annotations.NullMarked;
