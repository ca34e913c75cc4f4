package nbformat

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseNumbers(t *testing.T) {
	// Want is what Python's json.dumps(json.loads(in)) gives.
	tests := []struct{ in, want string }{
		{"0", "0"},
		{"-0", "0"},
		{"-0.0", "-0.0"},
		{"1.50", "1.5"},
		{"1e5", "100000.0"},
		{"1E+16", "1e+16"},
		{"9999999999999998.0", "9999999999999998.0"},
		{"1e-4", "0.0001"},
		{"0.00001", "1e-05"},
		{"5e-324", "5e-324"},
		{"1e400", "Infinity"},
		{"-Infinity", "-Infinity"},
		{"NaN", "NaN"},
		{"123456789012345678901234567890", "123456789012345678901234567890"},
	}
	for _, tt := range tests {
		got, err := parseJSON(tt.in)
		if err != nil || got != json.Number(tt.want) {
			t.Errorf("parseJSON(%s) = %v, %v; want %s", tt.in, got, err, tt.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", "line 1, column 1: want a value, got the end of the file"},
		{"01", "line 1, column 1: bad number"},
		{"-", "line 1, column 1: bad number"},
		{"1.", "line 1, column 3: want a digit after the decimal point, got the end of the file"},
		{"1e+", "line 1, column 4: want a digit in the exponent, got the end of the file"},
		{"[1,]", "line 1, column 4: want a value, got ']'"},
		{"{\"é\" 1}", "line 1, column 6: want : after the key \"é\", got '1'"},
		{"{1: 2}", "line 1, column 2: want a key in quotes, got '1'"},
		{"\n\n  x", "line 3, column 3: want a value, got 'x'"},
		{"1 2", "line 1, column 3: want the end of the file, got '2'"},
		{`"a\x"`, "line 1, column 3: bad escape in a string"},
		{`"\u12G4"`, "line 1, column 2: bad escape in a string"},
		{`"\ud83d\u0041"`, `line 1, column 2: half of a surrogate pair, \ud83d, in a string`},
		{"\"a\nb\"", `line 1, column 3: control character 0x0a in a string; write it as \u000a`},
		{`"abc`, "line 1, column 5: the file ends inside a string"},
		{`"abc\n`, "line 1, column 7: the file ends inside a string"},
		{strings.Repeat("[", 1002), "line 1, column 1002: values nest deeper than 1000"},
	}
	for _, tt := range tests {
		_, err := parseJSON(tt.in)
		if err == nil || err.Error() != tt.want {
			t.Errorf("parseJSON(%.40q): error %q, want %q", tt.in, err, tt.want)
		}
	}
}

// FuzzParseJSON compares the parser with encoding/json.
func FuzzParseJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5,"x\u00e9\n",null,true]}`, `"\ud83d\ude00"`, `[[],{}]`, " 1 ", `{"a":1,"a":2}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, gotErr := parseJSON(text)
		if strings.Contains(text, "N") || strings.Contains(text, "I") || strings.Contains(text, `\u`) ||
			strings.ToValidUTF8(text, "") != text || strings.Count(text, "[")+strings.Count(text, "{") > 500 {
			return // where Python's rules are not those of encoding/json
		}
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		var want any
		wantErr := decoder.Decode(&want)
		if wantErr == nil && decoder.More() || !json.Valid([]byte(text)) {
			wantErr = errInvalid
		}
		if (gotErr == nil) != (wantErr == nil) {
			t.Fatalf("parseJSON(%q): error %v, encoding/json: %v", text, gotErr, wantErr)
		}
		if gotErr != nil {
			return
		}
		if diff := cmp.Diff(normal(want), normal(got)); diff != "" {
			t.Errorf("parseJSON(%q) (-encoding/json +got):\n%s", text, diff)
		}
	})
}

var errInvalid = &SyntaxError{"invalid"}

// normal spells all numbers in one way.
func normal(v any) any {
	switch v := v.(type) {
	case json.Number:
		n, err := parseJSON(string(v))
		if err != nil {
			return err
		}
		return n
	case []any:
		for i := range v {
			v[i] = normal(v[i])
		}
	case Object:
		for k := range v {
			v[k] = normal(v[k])
		}
	}
	return v
}
