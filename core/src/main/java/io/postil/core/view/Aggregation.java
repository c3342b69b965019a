package io.postil.core.view;

/** A question about a view, such as the number of values of a field. */
public interface Aggregation {}
