// Package protocoltest checks in tests that messages are what Jupyter's
// messaging protocol says.
package protocoltest
