package verify

// maxTable bounds the table of the longest common subsequence; longer texts are
// compared line by line in place.
const maxTable = 4 << 20

// lineDiff returns the lines of a text of n lines that are not in one of m, and
// the other way round, by a longest common subsequence under equal.
func lineDiff(n, m int, equal func(i, j int) bool) (removed, added []int) {
	// What is equal at both ends needs no table.
	start := 0
	for start < n && start < m && equal(start, start) {
		start++
	}
	for n > start && m > start && equal(n-1, m-1) {
		n--
		m--
	}
	rows, columns := n-start, m-start
	if rows == columns || (rows+1)*(columns+1) > maxTable {
		return inPlace(start, n, m, equal)
	}
	// length[i][j] is that of the longest common subsequence of the lines from i
	// and from j on.
	length := make([][]int32, rows+1)
	for i := range length {
		length[i] = make([]int32, columns+1)
	}
	for i := rows - 1; i >= 0; i-- {
		for j := columns - 1; j >= 0; j-- {
			if equal(start+i, start+j) {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < rows && j < columns {
		switch {
		case equal(start+i, start+j):
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			removed = append(removed, start+i)
			i++
		default:
			added = append(added, start+j)
			j++
		}
	}
	for ; i < rows; i++ {
		removed = append(removed, start+i)
	}
	for ; j < columns; j++ {
		added = append(added, start+j)
	}
	return removed, added
}

// inPlace compares each line with the one in the same place.
func inPlace(start, n, m int, equal func(i, j int) bool) (removed, added []int) {
	for i := start; i < max(n, m); i++ {
		if i < n && i < m && equal(i, i) {
			continue
		}
		if i < n {
			removed = append(removed, i)
		}
		if i < m {
			added = append(added, i)
		}
	}
	return removed, added
}
