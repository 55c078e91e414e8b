package io.gatehouse.gateway.files.text;

/**
 * A part of a text, and what takes its place.
 *
 * @param start the index of its first character
 * @param end the index behind its last one
 */
public record Splice(int start, int end, String replacement) {}
