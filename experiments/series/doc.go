// Package series holds what can be done with a series of points without
// knowing where it is stored: the codec of chunks, their hash chain, and
// downsampling that keeps every spike.
//
// # Chunks
//
// A store keeps a series as chunks of [ChunkSize] points; the last one may have
// fewer. Equal series therefore have equal chunks, and the chain of hashes over
// steps and values tells where two series part without reading them.
package series
