/**
 * How backends speak HTTP: the one layer that knows about time-outs, repeated attempts, proxies,
 * redirects, limits on answers and secrets. {@link io.postil.backends.http.HttpApi} is the door:
 * one for each server, from which {@link io.postil.backends.http.HttpCall}s are made.
 *
 * <p>Whatever goes wrong comes as a {@link io.postil.core.PostilException} that names method,
 * address and status and quotes the server, with every secret left out. Certificates are always
 * checked. Requests are written and answers read by httpcore, on blocking connections that {@code
 * Connections} keeps; of {@code java.net.http} only the types of headers and time-outs are used.
 */
@NullMarked
package io.postil.backends.http;

import org.jspecify.annotations.NullMarked;
