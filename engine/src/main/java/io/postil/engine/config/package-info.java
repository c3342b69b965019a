/**
 * The annotation configuration, shared with FiftyOne: its file, environment variables and defaults.
 * {@link io.postil.engine.config.AnnotationConfig} holds the values; {@link
 * io.postil.engine.config.Backends} opens backends with them.
 */
@NullMarked
package io.postil.engine.config;

import org.jspecify.annotations.NullMarked;
