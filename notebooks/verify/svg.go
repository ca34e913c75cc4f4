package verify

import (
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// svgFloor is how far a coordinate of a figure may be off, in its unit: nobody
// sees it, and figures round to two or three digits behind the point.
const svgFloor = 0.02

// svg compares two figures and says why they differ, or nothing: the elements
// with their names and attributes, whatever their order, and the texts must be
// the same, numbers in them within the tolerance.
func (c textComparer) svg(saved, fresh string) string {
	if saved == fresh {
		return ""
	}
	if !c.exact {
		c.floor = svgFloor
	}
	old, errOld := svgNodes(saved)
	now, errNow := svgNodes(fresh)
	switch {
	case errOld != nil:
		return fmt.Sprintf("the saved figure is not XML: %v", errOld)
	case errNow != nil:
		return fmt.Sprintf("the figure is not XML: %v", errNow)
	}
	for i := range min(len(old), len(now)) {
		if reason := c.svgNode(old[i], now[i]); reason != "" {
			return reason
		}
	}
	if len(old) != len(now) {
		return fmt.Sprintf("%d elements and texts were saved, now %d", len(old), len(now))
	}
	return ""
}

// An svgNode is the start of an element or a text, with its place.
type svgNode struct {
	path  string // the elements around it: svg/g/path
	attrs []xml.Attr
	text  string
}

func (c textComparer) svgNode(a, b svgNode) string {
	switch {
	case a.path != b.path:
		return fmt.Sprintf("%s was saved, now %s", a.path, b.path)
	case len(a.attrs) != len(b.attrs):
		return fmt.Sprintf("%s had %d attributes, now %d", a.path, len(a.attrs), len(b.attrs))
	}
	if reason := c.reason(c.normal(a.text), c.normal(b.text)); reason != "" {
		return fmt.Sprintf("text %q of %s was saved, now %q", a.text, a.path, b.text)
	}
	for i := range a.attrs {
		name := a.attrs[i].Name
		if name != b.attrs[i].Name {
			return fmt.Sprintf("%s: attribute %s was saved, now %s", a.path, name.Local, b.attrs[i].Name.Local)
		}
		// Not normal: in a path, 1m2 is no duration.
		if reason := c.reason(a.attrs[i].Value, b.attrs[i].Value); reason != "" {
			return fmt.Sprintf("%s: attribute %s: %s", a.path, name.Local, reason)
		}
	}
	return ""
}

// svgNodes returns the elements and texts of a figure in order. Comments and
// space between elements do not count.
func svgNodes(figure string) ([]svgNode, error) {
	decoder := xml.NewDecoder(strings.NewReader(figure))
	var nodes []svgNode
	var path []string
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nodes, nil
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			path = append(path, token.Name.Local)
			attrs := slices.SortedFunc(slices.Values(token.Attr), func(a, b xml.Attr) int {
				return cmp.Or(cmp.Compare(a.Name.Space, b.Name.Space), cmp.Compare(a.Name.Local, b.Name.Local))
			})
			nodes = append(nodes, svgNode{path: strings.Join(path, "/"), attrs: attrs})
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if text := strings.TrimSpace(string(token)); text != "" {
				nodes = append(nodes, svgNode{path: strings.Join(path, "/"), text: text})
			}
		}
	}
}
