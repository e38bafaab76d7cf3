/**
 * The drill's trainer and harness: small deterministic programs with real arithmetic on real
 * safetensors. They use the JDK only, so that hundreds of them start in little time.
 */
package dev.recycler.cli.drill.tool;
