/** From User to Account: name rules, registry, provisioning. */
@NullMarked
package io.gatehouse.gateway.account;

import org.jspecify.annotations.NullMarked;
