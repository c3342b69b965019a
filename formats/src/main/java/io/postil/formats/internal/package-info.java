/** What the formats share; promised to nobody. */
@NullMarked
package io.postil.formats.internal;

import org.jspecify.annotations.NullMarked;
