/**
 * Scoring: one small adapter a harness over the same supervised process. A score comes from the
 * harness's own results file, with the number of examples asked for.
 */
package dev.recycler.activities.evaluation;
