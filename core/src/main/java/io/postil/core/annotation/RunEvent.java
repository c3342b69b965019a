package io.postil.core.annotation;

import java.time.Instant;

/**
 * Something a backend told about a run by a webhook.
 *
 * @param kind what happened, in the backend's words, such as {@code update:task}
 * @param unit the piece of work it happened to, see {@link WorkUnit#id}
 * @param at when
 */
public record RunEvent(String kind, String unit, Instant at) {}
