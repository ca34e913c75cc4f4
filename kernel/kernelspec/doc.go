// Package kernelspec makes a program known to Jupyter as a kernel: it writes,
// lists and removes the folders in which Jupyter's front ends and VS Code look
// for kernels. Each holds kernel.json, which says how to start the kernel, and
// its logos.
//
// Source: jupyter_client, docs/kernels.rst "Kernel specs"; jupyter_core,
// paths.py for the folders.
package kernelspec
