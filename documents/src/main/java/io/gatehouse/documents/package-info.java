/** A program that reads documents as text, in a process that may break. */
@NullMarked
package io.gatehouse.documents;

import org.jspecify.annotations.NullMarked;
