/**
 * Authentication: the credentials of a request, and the caller that they identify.
 *
 * <p>Threads: {@link dev.sluice.api.auth.Credentials} is owned by one event loop; the rest is immutable.
 *
 * <p>Imports: no other package of the API.
 */
package dev.sluice.api.auth;
