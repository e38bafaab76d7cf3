/** News of a series, sent to webhooks. */
package dev.recycler.activities.notify;
