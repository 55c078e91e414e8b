package io.gatehouse.gateway.isolation;

/**
 * What trying a measure has shown.
 *
 * @param evidence what was seen, in some words
 */
public record Finding(Measure measure, boolean inForce, String evidence) {}
