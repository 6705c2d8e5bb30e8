/**
 * For the tests of users: a Sluice in the process of a test suite, with queues of its own and a clock that a test can
 * move forward. {@link dev.sluice.testkit.SluiceExtension} connects it to JUnit 5.
 *
 * <p>Everything is called by the threads of tests and may block. Published as {@code sluice-testkit.jar}; needs {@code
 * sluice.jar}.
 */
package dev.sluice.testkit;
