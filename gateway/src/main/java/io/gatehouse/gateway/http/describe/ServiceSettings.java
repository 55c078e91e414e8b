package io.gatehouse.gateway.http.describe;

import java.util.Optional;

/**
 * The texts that the operator sets for models.
 *
 * @param systemPrompt the text of {@code /system}; empty for the default
 * @param offersSystemPrompt whether there is {@code /system} at all
 * @param info the text of {@code /info}; if it is empty, there is no {@code /info}
 * @param executeDescription the text that is added to the description of {@code run_command}
 * @param extraTools whether models have the tools that Open Terminal does not have
 */
public record ServiceSettings(
    Optional<String> systemPrompt,
    boolean offersSystemPrompt,
    Optional<String> info,
    Optional<String> executeDescription,
    boolean extraTools) {}
