/** Makes lines of text from Tika's XHTML: paragraphs, rows of tables, comments and notes. */
@NullMarked
package io.gatehouse.documents.text;

import org.jspecify.annotations.NullMarked;
