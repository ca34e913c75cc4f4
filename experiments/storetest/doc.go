// Package storetest is the conformance suite of stores: what every
// implementation of [experiments.Store] must do. An implementation's test calls
// [Run].
package storetest
