package dev.recycler.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * A step that failed for good.
 *
 * @param failure one sentence, or null
 * @param kind who has to act: {@code USER}, {@code MACHINE}, {@code TOOL}, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Failure(String step, String failure, String kind) {}
