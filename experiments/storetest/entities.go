package storetest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lectern-go/lectern/experiments"
)

func testExperiments(t *testing.T, s experiments.Store) {
	def, err := s.ExperimentByName(background, experiments.DefaultExperiment)
	noError(t, err)
	if def.ID != "0" || def.LifecycleStage != experiments.Active {
		t.Errorf("default experiment: got %+v, want the id 0 and active", def)
	}
	e, err := s.CreateExperiment(background, "ner", experiments.Tag{Key: "team", Value: "nlp"})
	noError(t, err)
	_, err = s.CreateExperiment(background, "ner")
	wantCode(t, "creating a name again", err, experiments.CodeExists)
	noError(t, s.SetExperimentTag(background, e.ID, experiments.Tag{Key: "team", Value: "speech"}))
	noError(t, s.RenameExperiment(background, e.ID, "tagging"))
	wantCode(t, "renaming to a used name", s.RenameExperiment(background, e.ID, "Default"), experiments.CodeExists)
	got, err := s.ExperimentByName(background, "tagging")
	noError(t, err)
	if diff := cmp.Diff([]experiments.Tag{{Key: "team", Value: "speech"}}, got.Tags); diff != "" || got.ID != e.ID {
		t.Errorf("after renaming: got %+v; tags (-want +got)\n%s", got, diff)
	}
	_, err = s.ExperimentByName(background, "ner")
	wantCode(t, "the old name", err, experiments.CodeNotFound)
	for _, id := range []string{"77", "", "x", "-1", "00"} {
		_, err = s.Experiment(background, id)
		wantCode(t, "experiment "+id, err, experiments.CodeNotFound)
	}
	all, err := s.Experiments(background, experiments.All)
	noError(t, err)
	if len(all) != 2 || all[0].ID != "0" || all[1].Name != "tagging" {
		t.Errorf("got experiments %+v, want Default and tagging", all)
	}
}

func testDeletedExperiments(t *testing.T, s experiments.Store) {
	e := must[experiments.Experiment](t)(s.CreateExperiment(background, "old"))
	kept := newRun(t, s, experiments.Run{ExperimentID: e.ID})
	gone := newRun(t, s, experiments.Run{ExperimentID: e.ID})
	noError(t, s.DeleteRun(background, gone.ID))
	noError(t, s.DeleteExperiment(background, e.ID))
	if r, err := s.Run(background, kept.ID); err != nil || r.LifecycleStage != experiments.Deleted {
		t.Errorf("run of a deleted experiment: got %v, %v, want deleted", r.LifecycleStage, err)
	}
	_, err := s.CreateRun(background, experiments.Run{ExperimentID: e.ID})
	wantCode(t, "creating a run in a deleted experiment", err, experiments.CodeState)
	_, err = s.CreateExperiment(background, "old")
	wantCode(t, "creating the name of a deleted experiment", err, experiments.CodeExists)
	wantCode(t, "deleting the default", s.DeleteExperiment(background, "0"), experiments.CodeInvalid)
	// What happens to a deleted experiment does not change what is restored.
	noError(t, s.DeleteExperiment(background, e.ID))
	noError(t, s.RenameExperiment(background, e.ID, "older"))
	noError(t, s.RestoreExperiment(background, e.ID))
	if r, err := s.Run(background, kept.ID); err != nil || r.LifecycleStage != experiments.Active {
		t.Errorf("run of a restored experiment: got %v, %v, want active", r.LifecycleStage, err)
	}
	if r, err := s.Run(background, gone.ID); err != nil || r.LifecycleStage != experiments.Deleted {
		t.Errorf("run deleted before its experiment: got %v, %v, want deleted still", r.LifecycleStage, err)
	}
}

func testRuns(t *testing.T, s experiments.Store) {
	want := experiments.Run{
		ID: experiments.NewRunID(), ExperimentID: "0", Name: "first try", User: "ada", Status: experiments.Scheduled,
		StartTime: 1000, Heartbeat: 1500, ArtifactURI: "file:///a", LifecycleStage: experiments.Active,
		Params: []experiments.Param{{Key: "lr", Value: "0.1"}, {Key: "n/a", Value: ""}},
		Tags:   []experiments.Tag{{Key: "mlflow.runName", Value: "first try"}, {Key: "x", Value: "\U0001F600 \"'\n"}},
	}
	got := newRun(t, s, want)
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("created (-want +got)\n%s", diff)
	}
	noError(t, s.UpdateRun(background, want.ID, experiments.RunUpdate{
		Name: "second", Status: experiments.Failed, EndTime: 3000, Heartbeat: 3000,
	}))
	want.Name, want.Status, want.EndTime, want.Heartbeat = "second", experiments.Failed, 3000, 3000
	want.Tags[0].Value = "second"
	got = must[experiments.Run](t)(s.Run(background, want.ID))
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("updated (-want +got)\n%s", diff)
	}
	noError(t, s.UpdateRun(background, want.ID, experiments.RunUpdate{Status: experiments.Running}))
	if got = must[experiments.Run](t)(s.Run(background, want.ID)); got.EndTime != 0 || got.Status != experiments.Running {
		t.Errorf("resumed: got status %s, end %d, want RUNNING and no end", got.Status, got.EndTime)
	}
	_, err := s.CreateRun(background, experiments.Run{ID: want.ID})
	wantCode(t, "creating an id again", err, experiments.CodeExists)
	_, err = s.CreateRun(background, experiments.Run{ExperimentID: "99"})
	wantCode(t, "creating in no experiment", err, experiments.CodeNotFound)
}

func testRunDefaults(t *testing.T, s experiments.Store) {
	r := newRun(t, s, experiments.Run{})
	if experiments.CheckRunID("", r.ID) != nil || r.Name == "" || r.Status != experiments.Running || r.StartTime == 0 ||
		r.ExperimentID != "0" || r.Tag(experiments.TagRunName) != r.Name {
		t.Errorf("got %+v, want id, name, RUNNING, start, experiment 0 and the name as a tag", r)
	}
	named := newRun(t, s, experiments.Run{Tags: []experiments.Tag{{Key: experiments.TagRunName, Value: "by tag"}}})
	if named.Name != "by tag" {
		t.Errorf("named by tag: got %q", named.Name)
	}
	noError(t, s.LogBatch(background, named.ID, experiments.Batch{Tags: []experiments.Tag{{Key: experiments.TagRunName, Value: "anew"}}}))
	if named = must[experiments.Run](t)(s.Run(background, named.ID)); named.Name != "anew" {
		t.Errorf("renamed by tag: got %q, want anew", named.Name)
	}
}

func testFindRun(t *testing.T, s experiments.Store) {
	a := newRun(t, s, experiments.Run{ID: "aaaa0000000000000000000000000001", Name: "alpha"})
	newRun(t, s, experiments.Run{ID: "aaaa0000000000000000000000000002", Name: "twin"})
	newRun(t, s, experiments.Run{ID: "bbbb0000000000000000000000000003", Name: "twin"})
	for _, prefix := range []string{a.ID, "aaaa0000000000000000000000000001", "alpha"} {
		if got, err := s.FindRun(background, prefix); err != nil || got.ID != a.ID {
			t.Errorf("FindRun(%q) = %s, %v, want %s", prefix, got.ID, err, a.ID)
		}
	}
	if got, err := s.FindRun(background, "BB"); err != nil || got.ID[:4] != "bbbb" {
		t.Errorf("FindRun(BB) = %s, %v, want bbbb…", got.ID, err)
	}
	for prefix, code := range map[string]experiments.Code{
		"aaaa": experiments.CodeInvalid, "twin": experiments.CodeInvalid, "cc": experiments.CodeNotFound,
		"": experiments.CodeNotFound, "%": experiments.CodeNotFound, "al": experiments.CodeNotFound,
	} {
		_, err := s.FindRun(background, prefix)
		wantCode(t, "FindRun("+prefix+")", err, code)
	}
}

func testDeletedRuns(t *testing.T, s experiments.Store) {
	r := newRun(t, s, experiments.Run{})
	noError(t, s.DeleteRun(background, r.ID))
	log := s.LogBatch(background, r.ID, experiments.Batch{Metrics: []experiments.Metric{{Key: "m"}}})
	wantCode(t, "logging to a deleted run", log, experiments.CodeState)
	wantCode(t, "updating a deleted run", s.UpdateRun(background, r.ID, experiments.RunUpdate{Name: "n"}), experiments.CodeState)
	for view, want := range map[experiments.View]int{experiments.ActiveOnly: 0, "": 0, experiments.DeletedOnly: 1, experiments.All: 1} {
		page, err := s.SearchRuns(background, experiments.Query{View: view})
		if err != nil || len(page.Runs) != want {
			t.Errorf("view %q: got %d runs, %v, want %d", view, len(page.Runs), err, want)
		}
	}
	noError(t, s.RestoreRun(background, r.ID))
	if page, err := s.SearchRuns(background, experiments.Query{}); err != nil || len(page.Runs) != 1 {
		t.Errorf("restored: got %d runs, %v, want 1", len(page.Runs), err)
	}
}

func testParams(t *testing.T, s experiments.Store) {
	r := newRun(t, s, experiments.Run{Params: []experiments.Param{{Key: "lr", Value: "0.1"}}})
	logParam := func(key, value string) error {
		return s.LogBatch(background, r.ID, experiments.Batch{Params: []experiments.Param{{Key: key, Value: value}}})
	}
	noError(t, logParam("lr", "0.1"))
	noError(t, logParam("hidden", "64"))
	err := logParam("lr", "0.2")
	wantCode(t, "changing a param", err, experiments.CodeInvalid)
	if err != nil && !strings.Contains(err.Error(), `"lr"`) {
		t.Errorf("the error does not name the param: %v", err)
	}
	want := []experiments.Param{{Key: "hidden", Value: "64"}, {Key: "lr", Value: "0.1"}}
	if diff := cmp.Diff(want, must[experiments.Run](t)(s.Run(background, r.ID)).Params); diff != "" {
		t.Errorf("params (-want +got)\n%s", diff)
	}
}

func testTags(t *testing.T, s experiments.Store) {
	r := newRun(t, s, experiments.Run{})
	for _, v := range []string{"a", "b"} {
		noError(t, s.LogBatch(background, r.ID, experiments.Batch{Tags: []experiments.Tag{{Key: "k", Value: v}}}))
	}
	if got := must[experiments.Run](t)(s.Run(background, r.ID)); got.Tag("k") != "b" {
		t.Errorf("tag set twice: got %q, want b", got.Tag("k"))
	}
	noError(t, s.DeleteTag(background, r.ID, "k"))
	wantCode(t, "deleting a tag again", s.DeleteTag(background, r.ID, "k"), experiments.CodeNotFound)
}

func testBadInput(t *testing.T, s experiments.Store) {
	r := newRun(t, s, experiments.Run{})
	long := strings.Repeat("x", experiments.MaxKey+1)
	batches := map[string]experiments.Batch{
		"empty metric":     {Metrics: []experiments.Metric{{Key: ""}}},
		"long metric":      {Metrics: []experiments.Metric{{Key: long}}},
		"metric with ..":   {Metrics: []experiments.Metric{{Key: "../up"}}},
		"rooted metric":    {Metrics: []experiments.Metric{{Key: "/etc"}}},
		"metric with |":    {Metrics: []experiments.Metric{{Key: "a|b"}}},
		"empty param":      {Params: []experiments.Param{{Key: "", Value: "1"}}},
		"long param":       {Params: []experiments.Param{{Key: long, Value: "1"}}},
		"long param value": {Params: []experiments.Param{{Key: "k", Value: strings.Repeat("v", experiments.MaxParamValue+1)}}},
		"param twice":      {Params: []experiments.Param{{Key: "k", Value: "1"}, {Key: "k", Value: "2"}}},
		"unclean tag":      {Tags: []experiments.Tag{{Key: "a//b", Value: "1"}}},
		"long tag value":   {Tags: []experiments.Tag{{Key: "k", Value: strings.Repeat("v", experiments.MaxTagValue+1)}}},
	}
	for what, b := range batches {
		wantCode(t, what, s.LogBatch(background, r.ID, b), experiments.CodeInvalid)
	}
	for what, run := range map[string]experiments.Run{
		"id":     {ID: "12"},
		"name":   {Name: "a\nb"},
		"status": {Status: "BUSY"},
		"tag":    {Tags: []experiments.Tag{{Key: ""}}},
	} {
		_, err := s.CreateRun(background, run)
		wantCode(t, "run with a bad "+what, err, experiments.CodeInvalid)
	}
	for _, name := range []string{"", " ", strings.Repeat("x", experiments.MaxExperimentName+1), "a\x00b"} {
		_, err := s.CreateExperiment(background, name)
		wantCode(t, "experiment name", err, experiments.CodeInvalid)
	}
	for _, path := range []string{"", "/x", "../x", "a/../b", "a//b", `a\b`} {
		_, err := s.PutArtifact(background, r.ID, path, nil)
		wantCode(t, "artifact "+path, err, experiments.CodeInvalid)
	}
	got := must[experiments.Run](t)(s.Run(background, r.ID))
	if len(got.Metrics)+len(got.Params) != 0 || len(got.Tags) != 1 {
		t.Errorf("bad input left something: %+v", got)
	}
}

func testUnknownRun(t *testing.T, s experiments.Store) {
	const id = "ffffffffffffffffffffffffffffffff"
	_, errRun := s.Run(background, id)
	_, errDown := s.Downsample(background, id, "m", 10, experiments.AllSteps)
	_, errDigests := s.Digests(background, id, "m")
	_, errPut := s.PutArtifact(background, id, "a", nil)
	_, errGet := s.Artifact(background, id, "a")
	_, errList := s.Artifacts(background, id)
	var errPoints error
	for _, errPoints = range s.Points(background, id, "m", 0) {
		break
	}
	for what, err := range map[string]error{
		"Run": errRun, "Downsample": errDown, "Digests": errDigests, "PutArtifact": errPut, "Artifact": errGet,
		"Artifacts": errList, "Points": errPoints,
		"UpdateRun":  s.UpdateRun(background, id, experiments.RunUpdate{Name: "x"}),
		"LogBatch":   s.LogBatch(background, id, experiments.Batch{}),
		"DeleteRun":  s.DeleteRun(background, id),
		"RestoreRun": s.RestoreRun(background, id),
		"DeleteTag":  s.DeleteTag(background, id, "k"),
	} {
		wantCode(t, what, err, experiments.CodeNotFound)
	}
}

func testArtifacts(t *testing.T, s experiments.Store) {
	a := newRun(t, s, experiments.Run{})
	b := newRun(t, s, experiments.Run{})
	text := []byte(strings.Repeat("the same text\n", 1000))
	for _, run := range []string{a.ID, b.ID} {
		put := must[experiments.Artifact](t)(s.PutArtifact(background, run, "src/cells.txt", text))
		if put.Size != int64(len(text)) || len(put.SHA256) != 64 {
			t.Errorf("got %+v, want size %d and a hash", put, len(text))
		}
	}
	must[experiments.Artifact](t)(s.PutArtifact(background, a.ID, "empty", nil))
	must[experiments.Artifact](t)(s.PutArtifact(background, a.ID, "src/cells.txt", []byte("new")))
	for _, c := range []struct{ run, path, want string }{
		{a.ID, "src/cells.txt", "new"}, {a.ID, "empty", ""}, {b.ID, "src/cells.txt", string(text)},
	} {
		if got, err := s.Artifact(background, c.run, c.path); err != nil || string(got) != c.want {
			t.Errorf("artifact %s: got %d bytes, %v, want %d", c.path, len(got), err, len(c.want))
		}
	}
	list := must[[]experiments.Artifact](t)(s.Artifacts(background, a.ID))
	if len(list) != 2 || list[0].Path != "empty" || list[1].Path != "src/cells.txt" || list[1].Size != 3 {
		t.Errorf("got artifacts %+v", list)
	}
	noError(t, s.DeleteArtifact(background, a.ID, "empty"))
	_, err := s.Artifact(background, a.ID, "empty")
	wantCode(t, "a deleted artifact", err, experiments.CodeNotFound)
}
