/** Tests of the header readers. */
@org.jspecify.annotations.NullMarked
package io.postil.formats.media;
