/**
 * Texts in files: finds out how they are encoded, counts their lines, finds words in them, and
 * keeps the bytes that could not be decoded.
 */
@NullMarked
package io.gatehouse.gateway.files.text;

import org.jspecify.annotations.NullMarked;
