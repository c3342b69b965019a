package io.postil.core.annotation;

/**
 * How far people have come with a run, in one vocabulary for every backend.
 *
 * @param items items the backend has
 * @param started items somebody touched
 * @param completed items somebody declared done
 */
public record RunProgress(long items, long started, long completed) {}
