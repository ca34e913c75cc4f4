// Package lectures embeds the notebooks of the lecture, saved with outputs.
package lectures
