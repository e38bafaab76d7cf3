/** A hub for drills: it speaks as the Hugging Face hub does, and misbehaves when told to. */
package dev.recycler.cli.drill.hub;
