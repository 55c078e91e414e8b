/** The files of accounts, over channels of SFTP. */
@NullMarked
package io.gatehouse.gateway.ssh.sftp;

import org.jspecify.annotations.NullMarked;
