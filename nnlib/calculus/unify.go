package calculus

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A dimProduct is an unknown that is the product of two dimensions.
type dimProduct struct {
	unknown, a, b dim
	at            span
}

// unknownMark begins the symbols of dimensions still to be found.
const unknownMark = "?"

func (c *inference) unknown() dim {
	c.unknowns++
	return symbol(unknownMark + strconv.Itoa(c.unknowns))
}

// productDim returns a·b; where one is still unknown the product is a new
// unknown, which settle computes when the others are known.
func (c *inference) productDim(e *syntax, a, b dim) dim {
	a, b = c.resolve(a), c.resolve(b)
	if !hasUnknown(a) && !hasUnknown(b) || a.isOne() || b.isOne() {
		product, _ := shape{a, b}.size()
		return product
	}
	u := c.unknown()
	c.products = append(c.products, dimProduct{u, a, b, e.at})
	return u
}

func hasUnknown(d dim) bool {
	for _, t := range d.terms {
		if isUnknown(t.symbol) {
			return true
		}
	}
	return false
}

func isUnknown(symbol string) bool { return strings.HasPrefix(symbol, unknownMark) }

// resolve replaces the unknowns of d that have been found.
func (c *inference) resolve(d dim) dim {
	for {
		changed := false
		for _, t := range d.terms {
			if found, ok := c.bound[t.symbol]; ok && t.coef != 0 {
				without, _ := d.plus(symbol(t.symbol), -t.coef)
				d, _ = without.plus(found, t.coef)
				changed = true
				break
			}
		}
		if !changed {
			return d
		}
	}
}

func (c *inference) resolveShape(s shape) shape {
	return shape{c.resolve(s.rows), c.resolve(s.cols)}
}

// unify makes a and b equal, solving for one unknown if need be.
func (c *inference) unify(a, b dim) bool {
	a, b = c.resolve(a), c.resolve(b)
	if a == b {
		return true
	}
	if a.isOne() || b.isOne() {
		return false // a vector is not a scalar that happens to be long
	}
	difference, ok := a.plus(b, -1)
	if !ok {
		return false
	}
	for _, t := range difference.terms {
		if isUnknown(t.symbol) && (t.coef == 1 || t.coef == -1) {
			rest, _ := difference.plus(symbol(t.symbol), -t.coef)
			solution := timesDim(rest, -t.coef)
			if solution.isNumber() && solution.number < 2 {
				return false
			}
			c.bound[t.symbol] = solution
			return true
		}
	}
	return false
}

func (c *inference) unifyShapes(a, b shape) bool {
	return c.unify(a.rows, b.rows) && c.unify(a.cols, b.cols)
}

// settle names the dimensions that nothing decided n, m, k, ….
func (c *inference) settle() {
	used := maps.Clone(c.indices)
	for name := range c.defs {
		used[name] = true
	}
	for name, s := range c.vars {
		used[name] = true
		for _, d := range []dim{c.resolve(s.rows), c.resolve(s.cols)} {
			for _, t := range d.terms {
				used[t.symbol] = true
			}
		}
	}
	var free []string
	for _, s := range []string{"n", "m", "k", "p", "q", "r", "d", "h"} {
		if !used[s] {
			free = append(free, s)
		}
	}
	isProduct := func(symbolName string) bool {
		return slices.ContainsFunc(c.products, func(p dimProduct) bool { return c.resolve(p.unknown) == symbol(symbolName) })
	}
	name := func(d dim) {
		for _, t := range c.resolve(d).terms {
			if !isUnknown(t.symbol) || t.coef == 0 || isProduct(t.symbol) {
				continue // products are computed below
			}
			if len(free) == 0 {
				free = append(free, "n"+strconv.Itoa(len(c.bound)))
			}
			c.bound[t.symbol] = symbol(free[0])
			free = free[1:]
		}
	}
	for _, v := range c.names {
		name(c.vars[v].rows)
		name(c.vars[v].cols)
	}
	for len(c.products) > 0 {
		p := c.products[0]
		c.products = c.products[1:]
		name(p.a)
		name(p.b)
		product, _ := shape{c.resolve(p.a), c.resolve(p.b)}.size()
		if !c.unify(p.unknown, product) {
			c.fail(p.at, "the size %s of this does not fit its place, which has %s", product, c.resolve(p.unknown))
		}
	}
	// Identities and one-hot vectors may have lengths that no variable has.
	expressions := make([]*syntax, 0, len(c.shapes))
	for e := range c.shapes {
		expressions = append(expressions, e)
	}
	slices.SortFunc(expressions, func(a, b *syntax) int {
		if a.at.start != b.at.start {
			return a.at.start - b.at.start
		}
		return a.at.end - b.at.end
	})
	for _, e := range expressions {
		name(c.shapes[e].rows)
		name(c.shapes[e].cols)
	}
}
