/**
 * The operations of the OpenAPI document as tools, and the files of the home as resources, for
 * clients of the Model Context Protocol (MCP) over Streamable HTTP.
 *
 * <p>Types and names are those of the protocol's Java SDK. Its own servlet and server are not used:
 * they keep one list of resources for all users, know no cancellation, read arguments into maps
 * that no budget counts, and leave the request's virtual thread for threads of Reactor.
 */
@NullMarked
package io.gatehouse.gateway.http.mcp;

import org.jspecify.annotations.NullMarked;
