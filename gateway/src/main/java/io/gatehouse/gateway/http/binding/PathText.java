package io.gatehouse.gateway.http.binding;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks text, or each text of a list, that must be able to be a path: it is not empty, has no NUL
 * character and at most 4,095 bytes. Other text gets a 422.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface PathText {}
