package experiments

import (
	"path"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Limits of what a store takes; MLflow's, except for values, which may be
// longer here.
const (
	MaxKey            = 250       // bytes of the key of a param, metric or tag
	MaxParamValue     = 64 << 10  // bytes
	MaxTagValue       = 64 << 10  // bytes
	MaxExperimentName = 500       // bytes
	MaxRunName        = 500       // bytes
	MaxArtifact       = 256 << 20 // bytes
)

var (
	keyPattern   = regexp.MustCompile(`^[\p{L}\p{N}_\-. :/]+$`)
	runIDPattern = regexp.MustCompile(`^[0-9a-f]{32}$`)
)

// CheckKey returns an error of CodeInvalid unless key may name a param, metric
// or tag: letters, digits and _ - . : / and space; as a path it must be clean,
// so that it may become a file name.
//
// Source: mlflow/utils/validation.py, bad_path_message and _validate_param_name.
func CheckKey(op, kind, key string) error {
	switch {
	case key == "":
		return Errorf(CodeInvalid, op, "the %s has no name", kind)
	case len(key) > MaxKey:
		return Errorf(CodeInvalid, op, "the name of the %s %q… has %d bytes; at most %d fit", kind, cut(key, 40), len(key), MaxKey)
	case !keyPattern.MatchString(key):
		return Errorf(CodeInvalid, op, "invalid %s name %q: use letters, digits and _ - . : / and space", kind, key)
	case path.Clean(key) != key || key == "." || strings.HasPrefix(key, "..") || strings.HasPrefix(key, "/"):
		return Errorf(CodeInvalid, op, "invalid %s name %q: as a path it must be relative and clean, such as %q",
			kind, key, strings.TrimLeft(path.Clean("/"+key), "/"))
	}
	return nil
}

// CheckBatch returns an error of CodeInvalid if something of the batch has a
// bad name or too long a value, or if a param comes twice with two values.
func CheckBatch(op string, b Batch) error {
	seen := make(map[string]string, len(b.Params))
	for _, p := range b.Params {
		if err := CheckKey(op, "param", p.Key); err != nil {
			return err
		}
		if len(p.Value) > MaxParamValue {
			return Errorf(CodeInvalid, op, "the value of param %q has %d bytes; at most %d fit", p.Key, len(p.Value), MaxParamValue)
		}
		if v, ok := seen[p.Key]; ok && v != p.Value {
			return Errorf(CodeInvalid, op, "param %q is given twice, as %q and %q", p.Key, v, p.Value)
		}
		seen[p.Key] = p.Value
	}
	for _, t := range b.Tags {
		if err := CheckTag(op, t); err != nil {
			return err
		}
	}
	return nil
}

// CheckTag returns an error of CodeInvalid if the tag has a bad name or too
// long a value.
func CheckTag(op string, t Tag) error {
	if err := CheckKey(op, "tag", t.Key); err != nil {
		return err
	}
	if len(t.Value) > MaxTagValue {
		return Errorf(CodeInvalid, op, "the value of tag %q has %d bytes; at most %d fit", t.Key, len(t.Value), MaxTagValue)
	}
	return nil
}

// CheckExperimentName returns an error of CodeInvalid unless name may name an
// experiment.
func CheckExperimentName(op, name string) error {
	return checkName(op, "experiment", name, MaxExperimentName)
}

// CheckRunName returns an error of CodeInvalid unless name may name a run.
func CheckRunName(op, name string) error {
	return checkName(op, "run", name, MaxRunName)
}

func checkName(op, kind, name string, limit int) error {
	switch {
	case strings.TrimSpace(name) == "":
		return Errorf(CodeInvalid, op, "the name of the %s is empty", kind)
	case len(name) > limit:
		return Errorf(CodeInvalid, op, "the name of the %s %q… has %d bytes; at most %d fit", kind, cut(name, 40), len(name), limit)
	case !utf8.ValidString(name) || strings.ContainsAny(name, "\x00\n\r"):
		return Errorf(CodeInvalid, op, "the name of the %s %q must be UTF-8 on one line", kind, name)
	}
	return nil
}

// CheckRunID returns an error of CodeInvalid unless id is 32 hexadecimal
// digits in lower case.
func CheckRunID(op, id string) error {
	if !runIDPattern.MatchString(id) {
		return Errorf(CodeInvalid, op, "invalid run id %q: it has 32 hexadecimal digits", cut(id, 64))
	}
	return nil
}

// CheckArtifactPath returns an error of CodeInvalid unless p is a clean
// relative path with slashes.
func CheckArtifactPath(op, p string) error {
	if p == "" || len(p) > 1000 || path.Clean(p) != p || path.IsAbs(p) || p == "." || p == ".." ||
		strings.HasPrefix(p, "../") || strings.ContainsAny(p, "\x00\\") || !utf8.ValidString(p) {
		return Errorf(CodeInvalid, op, "invalid artifact path %q: it must be relative and clean, such as plots/loss.svg", cut(p, 80))
	}
	return nil
}

// cut returns the first n bytes of s, without breaking a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
