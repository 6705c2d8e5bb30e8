/**
 * The errors of the edge, and the one table that gives every error, of the domain and of the edge, its HTTP status and its
 * code on the wire.
 *
 * <p>Immutable; any thread may use it. Imports the domain only, and no other package of the API.
 */
@NullMarked
package dev.sluice.api.error;

import org.jspecify.annotations.NullMarked;
