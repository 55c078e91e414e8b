/** Makes an account for each user: rules for names, the registry, provisioning, keys. */
@NullMarked
package io.gatehouse.gateway.account;

import org.jspecify.annotations.NullMarked;
