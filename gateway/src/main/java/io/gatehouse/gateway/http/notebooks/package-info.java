/** The routes of notebooks, which Open WebUI's file pane calls. */
@NullMarked
package io.gatehouse.gateway.http.notebooks;

import org.jspecify.annotations.NullMarked;
