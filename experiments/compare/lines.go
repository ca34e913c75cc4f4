package compare

import (
	"slices"
	"strings"
)

// Line is a line that one of two texts has and the other lacks.
type Line struct {
	InB    bool   `json:"in_b"`   // it is of the second text
	Number int    `json:"number"` // in its text, from 1
	Text   string `json:"text"`
}

// maxTable bounds the product of the numbers of lines that are compared with
// care; larger middles count as replaced whole.
const maxTable = 1 << 24

// Lines returns the lines in which two texts differ, by a longest common
// subsequence.
func Lines(a, b string) []Line {
	la, lb := split(a), split(b)
	head := 0
	for head < len(la) && head < len(lb) && la[head] == lb[head] {
		head++
	}
	tail := 0
	for tail < len(la)-head && tail < len(lb)-head && la[len(la)-1-tail] == lb[len(lb)-1-tail] {
		tail++
	}
	ma, mb := la[head:len(la)-tail], lb[head:len(lb)-tail]
	var kept [][2]int
	if len(ma)*len(mb) <= maxTable {
		kept = common(ma, mb)
	}
	var lines []Line
	i, j := 0, 0
	for _, k := range append(kept, [2]int{len(ma), len(mb)}) {
		for ; i < k[0]; i++ {
			lines = append(lines, Line{false, head + i + 1, ma[i]})
		}
		for ; j < k[1]; j++ {
			lines = append(lines, Line{true, head + j + 1, mb[j]})
		}
		i, j = i+1, j+1
	}
	return lines
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

// common returns the pairs of indexes of a longest common subsequence.
func common(a, b []string) [][2]int {
	width := len(b) + 1
	length := make([]int32, (len(a)+1)*width) // of the common subsequence of a[i:] and b[j:]
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				length[i*width+j] = length[(i+1)*width+j+1] + 1
			} else {
				length[i*width+j] = max(length[(i+1)*width+j], length[i*width+j+1])
			}
		}
	}
	var pairs [][2]int
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			pairs = append(pairs, [2]int{i, j})
			i, j = i+1, j+1
		case length[(i+1)*width+j] >= length[i*width+j+1]:
			i++
		default:
			j++
		}
	}
	return slices.Clip(pairs)
}
