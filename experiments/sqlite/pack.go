package sqlite

import (
	"database/sql"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"slices"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/series"
)

// pageChunks is the number of chunks whose summaries make a page.
const pageChunks = 256

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(data []byte) int64 { return int64(crc32.Checksum(data, castagnoli)) }

// appendTail encodes points of several metrics: for each its key, the length
// of its points in bytes, and they.
func appendTail(dst []byte, groups []group) []byte {
	var points []byte
	for i := range groups {
		points = series.Append(points[:0], groups[i].points)
		dst = appendTailPart(dst, groups[i].key, points)
	}
	return dst
}

func appendTailPart(dst []byte, key int64, points []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(key))
	dst = binary.AppendUvarint(dst, uint64(len(points)))
	return append(dst, points...)
}

// eachTail calls f with the encoded points of each metric of a row of the tail.
func eachTail(data []byte, f func(key int64, points []byte) error) error {
	for len(data) > 0 {
		key, n := binary.Uvarint(data)
		if n <= 0 {
			return series.ErrEncoding
		}
		size, m := binary.Uvarint(data[n:])
		if m <= 0 || size > uint64(len(data)-n-m) {
			return series.ErrEncoding
		}
		data = data[n+m:]
		if err := f(int64(key), data[:size]); err != nil {
			return err
		}
		data = data[size:]
	}
	return nil
}

// checkTail verifies a row of the tail and calls f as eachTail does.
func checkTail(op string, id, crc int64, data []byte, f func(key int64, points []byte) error) error {
	err := series.ErrEncoding
	if checksum(data) == crc {
		err = eachTail(data, f)
	}
	if errors.Is(err, series.ErrEncoding) {
		return &experiments.Error{
			Code: experiments.CodeDamaged, Op: op, Err: err,
			Message: "points in row " + itoa(id) + " of the tail are damaged; see lectern db check",
		}
	}
	return err
}

func (t *tx) insertTail(row int64, groups []group) error {
	count := 0
	for i := range groups {
		count += len(groups[i].points)
	}
	data := appendTail(nil, groups)
	return t.exec("INSERT INTO tail (run, count, crc, data) VALUES (?, ?, ?, ?)", row, count, checksum(data), data)
}

// pack moves the tail of a run, followed by the points of groups, into chunks:
// the full ones, or all if the run ends. What is left becomes one row of the
// tail.
func (t *tx) pack(row int64, groups []group, all bool) error {
	tail, err := t.readTail(row)
	if err != nil {
		return err
	}
	if len(tail) > 0 {
		if err := t.exec("DELETE FROM tail WHERE run = ?", row); err != nil {
			return err
		}
	}
	groups = joinGroups(tail, groups)
	var left []group
	count := int64(0)
	for _, g := range groups {
		rest := g.points
		if all || len(rest) >= series.ChunkSize {
			if rest, err = t.writeChunks(row, g.key, rest, all); err != nil {
				return err
			}
		}
		if len(rest) > 0 {
			left = append(left, group{key: g.key, points: rest})
			count += int64(len(rest))
		}
	}
	if all {
		delete(t.tails, row)
	} else {
		t.tails[row] = count
	}
	if len(left) == 0 {
		return nil
	}
	return t.insertTail(row, left)
}

// readTail returns the points of the run's tail by metric.
func (t *tx) readTail(row int64) ([]group, error) {
	var groups []group
	at := map[int64]int{}
	err := t.query("SELECT id, crc, data FROM tail WHERE run = ? ORDER BY id", []any{row}, func(r *sql.Rows) error {
		var id, crc int64
		var data sql.RawBytes
		if err := r.Scan(&id, &crc, &data); err != nil {
			return err
		}
		return checkTail("pack points", id, crc, data, func(key int64, points []byte) error {
			i, ok := at[key]
			if !ok {
				i = len(groups)
				at[key] = i
				groups = append(groups, group{key: key})
			}
			var err error
			groups[i].points, _, err = series.Decode(groups[i].points, points)
			return err
		})
	})
	return groups, err
}

// joinGroups returns the points of a followed by those of b.
func joinGroups(a, b []group) []group {
	if len(a) == 0 {
		return b
	}
	at := make(map[int64]int, len(a))
	for i := range a {
		at[a[i].key] = i
	}
	for _, g := range b {
		if i, ok := at[g.key]; ok {
			a[i].points = append(a[i].points, g.points...)
		} else {
			a = append(a, g)
		}
	}
	return a
}

// lastChunk is the end of a stored series.
type lastChunk struct {
	seq    int64 // of the next chunk to write
	hash   series.Hash
	points []experiments.Point // of a chunk that is not full
}

// writeChunks appends points to the chunks of a series and returns those that
// fill no chunk, unless all are to be written.
func (t *tx) writeChunks(row, key int64, points []experiments.Point, all bool) ([]experiments.Point, error) {
	last, err := t.lastChunk(row, key)
	if err != nil {
		return nil, err
	}
	if len(last.points) > 0 {
		points = slices.Concat(last.points, points)
	}
	var data []byte
	for len(points) >= series.ChunkSize || all && len(points) > 0 {
		n := min(len(points), series.ChunkSize)
		last.hash = series.Chain(last.hash, points[:n])
		data = series.Append(data[:0], points[:n])
		if err := t.insertChunk(row, key, last.seq, last.hash, points[:n], data); err != nil {
			return nil, err
		}
		points = points[n:]
		last.seq++
		if n == series.ChunkSize && last.seq%pageChunks == 0 {
			if err := t.insertPage(row, key, last.seq/pageChunks-1); err != nil {
				return nil, err
			}
		}
	}
	return points, nil
}

func (t *tx) insertChunk(row, key, seq int64, hash series.Hash, points []experiments.Point, data []byte) error {
	var s experiments.Summary
	for _, p := range points {
		s.Add(p)
	}
	return t.exec(`INSERT INTO chunks (run, key, seq, count, min_step, max_step, hash, crc, summary, data)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		row, key, seq, len(points), s.MinStep, s.MaxStep, hash[:], checksum(data), series.AppendSummary(nil, &s), data)
}

// lastChunk finds where a series goes on. A last chunk that is not full, of a
// run that had ended, is taken out.
func (t *tx) lastChunk(row, key int64) (lastChunk, error) {
	var last lastChunk
	var id, count, crc int64
	var hash, data []byte
	err := t.queryRow("SELECT id, seq, count, hash, crc, data FROM chunks WHERE run = ? AND key = ? ORDER BY seq DESC LIMIT 1",
		[]any{row, key}, []any{&id, &last.seq, &count, &hash, &crc, &data})
	if errors.Is(err, sql.ErrNoRows) {
		return last, nil
	} else if err != nil {
		return last, err
	}
	if count == series.ChunkSize {
		last.seq++
		copy(last.hash[:], hash)
		return last, nil
	}
	if last.points, err = decodeChunk("pack points", id, crc, data, nil); err != nil {
		return last, err
	}
	if last.seq > 0 {
		err := t.queryRow("SELECT hash FROM chunks WHERE run = ? AND key = ? AND seq = ?", []any{row, key, last.seq - 1}, []any{&hash})
		if err != nil {
			return last, err
		}
		copy(last.hash[:], hash)
	}
	return last, t.exec("DELETE FROM chunks WHERE id = ?", id)
}

// decodeChunk appends the points of a chunk to dst after verifying them.
func decodeChunk(op string, id, crc int64, data []byte, dst []experiments.Point) ([]experiments.Point, error) {
	err := series.ErrEncoding
	if checksum(data) == crc {
		dst, _, err = series.Decode(dst, data)
	}
	if err != nil {
		return dst, &experiments.Error{
			Code: experiments.CodeDamaged, Op: op, Err: err,
			Message: "chunk " + itoa(id) + " is damaged; see lectern db check",
		}
	}
	return dst, nil
}

// insertPage writes a page from the summaries of its chunks.
func (t *tx) insertPage(row, key, page int64) error {
	data := make([]byte, 0, pageChunks*series.SummarySize)
	err := t.query("SELECT summary FROM chunks WHERE run = ? AND key = ? AND seq >= ? AND seq < ? ORDER BY seq",
		[]any{row, key, page * pageChunks, (page + 1) * pageChunks}, func(r *sql.Rows) error {
			var summary sql.RawBytes
			err := r.Scan(&summary)
			data = append(data, summary...)
			return err
		})
	if err != nil {
		return err
	}
	return t.exec("INSERT INTO pages (run, key, page, data) VALUES (?, ?, ?, ?)", row, key, page, data)
}
