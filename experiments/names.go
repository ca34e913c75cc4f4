package experiments

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	mathrand "math/rand/v2"
)

// NewRunID returns a random run id.
func NewRunID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b[:])
}

var (
	adjectives = []string{
		"able", "agile", "amber", "bold", "brave", "bright", "brisk", "calm", "clear", "clever", "crisp", "eager",
		"fair", "fleet", "gentle", "glad", "golden", "grand", "happy", "honest", "keen", "kind", "light", "lively",
		"lucid", "merry", "mild", "modest", "neat", "noble", "patient", "plain", "polite", "proud", "quick", "quiet",
		"rapid", "rare", "robust", "serene", "sharp", "silent", "silver", "smooth", "steady", "subtle", "sunny",
		"swift", "tidy", "true", "upbeat", "valiant", "vivid", "warm", "wise", "witty",
	}
	nouns = []string{
		"badger", "bear", "bee", "bison", "crane", "crow", "deer", "dolphin", "dove", "eagle", "elk", "falcon",
		"ferret", "finch", "fox", "frog", "gecko", "gopher", "goose", "gull", "hare", "hawk", "heron", "horse",
		"ibis", "jay", "koala", "lark", "lemur", "lynx", "marten", "mole", "moose", "newt", "ocelot", "orca",
		"otter", "owl", "panda", "puffin", "quail", "rabbit", "raven", "robin", "seal", "shrew", "sloth", "snail",
		"sparrow", "squid", "stoat", "stork", "swan", "tern", "toad", "trout", "vole", "whale", "wolf", "wren",
	}
)

// NewRunName returns a random name such as "calm-otter-417".
func NewRunName() string {
	return fmt.Sprintf("%s-%s-%d", adjectives[mathrand.IntN(len(adjectives))], nouns[mathrand.IntN(len(nouns))],
		mathrand.IntN(1000))
}
