/**
 * The door of the library. {@link io.postil.engine.Workspace} opens a database; its {@link
 * io.postil.engine.Dataset}s narrow to {@link io.postil.engine.View}s, which are counted,
 * evaluated, sent to annotators and merged back. The packages below do the work: {@code annotation}
 * for runs, {@code evaluation}, {@code config} for backends.
 */
@NullMarked
package io.postil.engine;

import org.jspecify.annotations.NullMarked;
