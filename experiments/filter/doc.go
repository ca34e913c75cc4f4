// Package filter is the language that selects and orders runs. MLflow's filter
// strings are a subset of it.
//
//	metrics.dev_f1 > 0.8 and params.lr = "0.1"
//	best(metrics.dev_f1) - last(metrics.dev_f1) > 0.02 or nans(metrics.loss) > 0
//	not (status = "FAILED") and start_time > now - 7d
//	params.hidden >= 100 and tags.`my tag` =~ "^v[0-9]+$"
//
// # Names
//
//	metrics.K   the last value of a metric; also metric.K
//	params.K    also param.K, parameter.K, parameters.K: text, or a number where one is needed
//	tags.K      text; also tag.K
//	run_id run_name status user_id artifact_uri experiment experiment_id     text
//	start_time (created) end_time heartbeat                                  times
//	duration                                                                 a span of time
//
// Attributes may be written attributes.A, attribute.A, attr.A or run.A. A key
// with other characters than letters, digits, _ and . stands in backticks or
// double quotes; / - and : need none where they stand between two such
// characters (metrics.grad_norm/W), so arithmetic needs spaces around / and -.
//
// # Values
//
// Numbers (1, .5, 1e-3, inf), strings in single or double quotes, spans of time
// (90s, 5m, 2h, 7d, 1w), the time now. A time is compared with a date in
// quotes ("2026-11-23", "2026-11-23 14:00", RFC 3339) or with milliseconds
// since the Unix epoch.
//
// # Functions
//
// last, first, min, max, mean, slope, best, count and nans of a metric;
// at(metrics.K, STEP); abs(NUMBER). Best is the least or the greatest value by
// the name of the metric, see [experiments.LowerIsBetter]. Only at looks at
// points, at one chunk of each run; all else is kept with the run.
//
// # Operators
//
// In the order of their strength: - (sign), * /, + -, comparisons (= == != <>
// < <= > >= =~ !~, [not] like, [not] ilike, [not] in (…), is [not] null), not,
// and, or. The operator =~ matches a regular expression of package regexp;
// like has % and _ as wildcards, ilike ignores the case of ASCII letters.
//
// What a run lacks is null, and so are NaN and x / 0. A comparison with null is
// neither true nor false, and neither is its not; such runs are not selected.
package filter
