/** The endpoints of skills, which Open WebUI asks in each turn of a chat. */
@NullMarked
package io.gatehouse.gateway.http.skills;

import org.jspecify.annotations.NullMarked;
