"""Jupyter's own conformance suite with cells in Go. Run by TestJupyterConformance."""

import unittest

import jupyter_kernel_test


class LecternTests(jupyter_kernel_test.KernelTests):
    kernel_name = "lectern"
    language_name = "go"
    file_extension = ".go"

    code_hello_world = 'fmt.Println("hello, world")'
    code_stderr = 'fmt.Fprintln(os.Stderr, "oops")'
    completion_samples = [
        {"text": "fmt.Printl", "matches": {"Println"}},
        {"text": "strings.SplitA", "matches": {"SplitAfter", "SplitAfterN", "SplitAfterSeq"}},
        {"text": "for i := 0; i < 3; i++ { fmt.Sprintl", "matches": {"Sprintln"}},
        {"text": "%eng", "matches": {"%engine"}},
    ]
    complete_code_samples = ["1 + 1", "func f() int {\n\treturn 1\n}", "x := []int{\n\t1,\n}"]
    incomplete_code_samples = ["func f() {", "fmt.Println(", "x := `raw", "a := 1 +"]
    invalid_code_samples = ["}", "x := = 1", "fmt.Println(]"]
    code_page_something = "fmt.Println?"
    code_generate_error = 'panic("as asked")'
    code_execute_result = [
        {"code": "1 + 1", "result": "2"},
        {"code": '"a" + "b"', "result": '"ab"'},
        {"code": "[]int{1, 2}", "result": "[1 2]"},
        {"code": "6 * 7", "result": "42"},
    ]
    code_display_data = [
        {"code": 'display.Show(display.HTML("<b>x</b>"))', "mime": "text/html"},
        {"code": 'display.Show(display.Markdown("*x*"))', "mime": "text/markdown"},
    ]
    code_history_pattern = "6 ? 7"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "strings.Split"
    code_clear_output = "display.Clear(false)"


if __name__ == "__main__":
    unittest.main(verbosity=2)
