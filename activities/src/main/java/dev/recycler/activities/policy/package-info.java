/** What the owner of a worker lets series files have it do. */
package dev.recycler.activities.policy;
