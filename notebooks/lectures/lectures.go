package lectures

import "embed"

// Notebooks holds the notebooks by file name.
//
//go:embed *.ipynb
var Notebooks embed.FS
