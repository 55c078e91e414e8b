package io.gatehouse.gateway.isolation;

/**
 * The result of trying a measure.
 *
 * @param evidence what was seen, in some words
 */
public record Finding(Measure measure, boolean inForce, String evidence) {}
