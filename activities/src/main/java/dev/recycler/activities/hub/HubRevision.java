package dev.recycler.activities.hub;

/**
 * A branch or tag of a repository.
 *
 * @param name e.g. {@code stage1-step300000}
 * @param commit the commit that it is now, 40 hexadecimal digits
 */
public record HubRevision(String name, String commit) {}
