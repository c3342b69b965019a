/** Tests of the formats, on files by other tools and round trips. */
@org.jspecify.annotations.NullMarked
package io.postil.formats;
