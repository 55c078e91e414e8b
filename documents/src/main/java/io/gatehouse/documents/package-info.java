/**
 * A program that reads documents as text. It runs in its own process, so that a hostile document
 * can break only this process.
 */
@NullMarked
package io.gatehouse.documents;

import org.jspecify.annotations.NullMarked;
