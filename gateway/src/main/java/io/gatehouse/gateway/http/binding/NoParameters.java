package io.gatehouse.gateway.http.binding;

/** The parameters of an operation that has none. */
public record NoParameters() {}
