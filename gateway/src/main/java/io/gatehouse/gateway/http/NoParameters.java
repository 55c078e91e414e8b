package io.gatehouse.gateway.http;

/** The parameters of an operation that has none. */
record NoParameters() {}
