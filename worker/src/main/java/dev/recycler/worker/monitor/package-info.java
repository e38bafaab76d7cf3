/** What a worker shows to those who watch over it: figures for Prometheus, and its health. */
package dev.recycler.worker.monitor;
