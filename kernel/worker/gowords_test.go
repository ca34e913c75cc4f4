package worker

import "testing"

func TestGoWords(t *testing.T) {
	const nilDereference = "runtime error: invalid memory address or nil pointer dereference"
	for text, want := range map[string]string{
		"reflect: call of reflect.Value.Set on zero Value":                        nilDereference,
		"reflect.Value.Call: call of nil function":                                nilDereference,
		"reflect: slice index out of range":                                       "runtime error: index out of range",
		"reflect.Value.Slice: string slice index out of bounds":                   "runtime error: slice bounds out of range",
		"reflect.MakeSlice: negative len":                                         "runtime error: makeslice: len out of range",
		"cell 2/_.go:3: interface conversion: int is not string: missing method ": "interface conversion: interface {} is int, not string",
		"cell 4/_.go:1: interface conversion: interface {} is nil, not int":       "interface conversion: interface {} is nil, not int",
		"what the user said: reflect":                                             "what the user said: reflect",
	} {
		if got := goWords(text); got != want {
			t.Errorf("goWords(%q) = %q, want %q", text, got, want)
		}
	}
}
