/**
 * Reads, writes, lists, searches and archives files as the user: over SFTP in the user's login, or
 * by a program that runs there. Nothing in here opens a file by itself.
 */
@NullMarked
package io.gatehouse.gateway.files;

import org.jspecify.annotations.NullMarked;
