// Package plot draws what training shows: [Curves] of loss and gradient norms,
// smoothed or not, the [Boundary] of a classifier in the plane, the [Landscape] of a
// loss of two parameters, a [ConfusionMatrix], [Words] by the principal components
// of their vectors, and [Activations] with their derivatives. [Row] puts figures
// side by side.
//
// A [Figure] shows itself in a notebook as SVG with its text as text: it can be
// searched, copied and read aloud. It brings a page colour of its own, light or
// dark as the reader's system asks for, so it can be read on any background; an
// embedding page may restyle .lectern-plot (color) and .lectern-plot-page (fill).
// [Figure.PNG] and [Figure.WriteFile] are for everything else.
//
// Lengths are pixels of CSS. The same data gives the same bytes. Figures are safe
// for concurrent use once drawn.
package plot
