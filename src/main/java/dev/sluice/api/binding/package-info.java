/**
 * The operations of workerd's queue binding: producers in Workers send messages of all four content types here.
 *
 * <p>Threads: one event loop owns all instances; see {@link dev.sluice.api.binding.BindingOperations}.
 *
 * <p>Imports: {@code api}, {@code api.http}, {@code api.json}, {@code api.auth}, and the ids of {@code api.message}.
 */
@NullMarked
package dev.sluice.api.binding;

import org.jspecify.annotations.NullMarked;
