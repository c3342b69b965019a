package io.postil.core.value;

/**
 * A value of a BSON type that Postil carries but does not compute with (decimal, regular
 * expression, timestamp, min and max key, code), as its canonical extended JSON document.
 *
 * @param extendedJson for instance {@code {"$numberDecimal": "1.5"}}
 */
public record OtherValue(Document extendedJson) {}
