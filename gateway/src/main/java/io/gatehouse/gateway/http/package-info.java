/** Open Terminal's HTTP API: routes, authentication filter, records, error table. */
@NullMarked
package io.gatehouse.gateway.http;

import org.jspecify.annotations.NullMarked;
