/** Makes lines of text from what Tika reads: paragraphs, rows of tables, comments and notes. */
@NullMarked
package io.gatehouse.documents.text;

import org.jspecify.annotations.NullMarked;
