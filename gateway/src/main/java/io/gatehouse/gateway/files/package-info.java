/**
 * Reads, writes, lists, searches and archives files as the user: over SFTP in the user's login, or
 * by a program that runs there. No class of this package opens a file in the gateway's own process.
 */
@NullMarked
package io.gatehouse.gateway.files;

import org.jspecify.annotations.NullMarked;
