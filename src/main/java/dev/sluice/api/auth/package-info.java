/**
 * Authentication: the credentials of a request, and the caller that they identify.
 *
 * <p>Threads: {@link dev.sluice.api.auth.Credentials} is owned by one event loop; the rest is immutable.
 *
 * <p>Imports: of the API only {@code api.error}; {@code config}, and of {@code runtime.catalog} the tokens that were
 * created at run time.
 */
@NullMarked
package dev.sluice.api.auth;

import org.jspecify.annotations.NullMarked;
