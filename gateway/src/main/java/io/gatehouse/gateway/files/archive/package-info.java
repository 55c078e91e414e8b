/** Reads the files of an archive by one program in the user's login. */
@NullMarked
package io.gatehouse.gateway.files.archive;

import org.jspecify.annotations.NullMarked;
