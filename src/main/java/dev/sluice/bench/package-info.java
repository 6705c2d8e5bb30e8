/** The load generator behind {@code sluice bench}. Speaks to servers over HTTP only and knows nothing of ours. */
package dev.sluice.bench;
