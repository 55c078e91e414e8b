package io.gatehouse.gateway.isolation;

/**
 * The result of testing one measure.
 *
 * @param evidence the observation behind the result, in a few words
 */
public record Finding(Measure measure, boolean inForce, String evidence) {}
