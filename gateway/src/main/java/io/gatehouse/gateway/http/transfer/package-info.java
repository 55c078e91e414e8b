/** Whole files in and out: downloads with ranges and conditions, uploads, archives, pages. */
@NullMarked
package io.gatehouse.gateway.http.transfer;

import org.jspecify.annotations.NullMarked;
