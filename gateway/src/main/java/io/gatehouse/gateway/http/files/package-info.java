/** The endpoints that list, read, change and search files, with their records. */
@NullMarked
package io.gatehouse.gateway.http.files;

import org.jspecify.annotations.NullMarked;
