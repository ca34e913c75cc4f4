// Package lectures holds the notebooks of the lecture, saved with outputs, one a
// topic in the lecture's order: NN-topic.ipynb. It runs nothing.
package lectures
