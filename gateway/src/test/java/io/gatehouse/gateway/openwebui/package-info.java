/**
 * Tests with the real Open WebUI, in a browser, with the real image behind it.
 *
 * <p>{@code OpenWebUiServer} runs the released package, {@code ToolCallingModel} stands in for a
 * language model, {@code RecordingRelay} records the traffic between Open WebUI and Gatehouse, and
 * {@code Person} stands for a person at a screen. The tests are {@code OpenWebUiIT} and {@code
 * OpenWebUiSettingsIT}.
 */
package io.gatehouse.gateway.openwebui;
