/**
 * What came out of a series: the paper's Table 6 for one's own releases, the convergence curves,
 * where every model lies and where every number comes from.
 */
package dev.recycler.cli.report;
