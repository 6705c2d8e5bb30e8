package dev.sluice.runtime.metrics;

import java.util.List;

/**
 * What the documents say about a metric.
 *
 * @param name in the text format, with unit and suffix
 * @param type the word after {@code # TYPE}
 * @param labels names of its labels, in their order
 * @param help one sentence
 */
public record MetricDescription(String name, String type, List<String> labels, String help) {}
