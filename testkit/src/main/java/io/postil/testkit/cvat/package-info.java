/**
 * An emulator of a CVAT server, for tests of clients without one: stateful, as strict as the
 * recorded exchanges with a real server, with faults to order. {@link
 * io.postil.testkit.cvat.CvatEmulator} is the door; it can also be started by hand. It speaks the
 * API as of CVAT 2.15 or as of 2.80.
 *
 * <p>Everything else is package-private, one class a part of the API. All calls are answered one
 * after the other under one lock, except that bodies are read outside it. What people would do in
 * CVAT a test does by the API, as a second client.
 */
@NullMarked
package io.postil.testkit.cvat;

import org.jspecify.annotations.NullMarked;
