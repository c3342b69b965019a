/** Checks the CVAT emulator against recordings of a real server and against the official SDK. */
@NullMarked
package io.postil.testkit.cvat;

import org.jspecify.annotations.NullMarked;
