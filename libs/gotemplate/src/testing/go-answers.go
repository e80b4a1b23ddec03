//go:build ignore

// Asks Go what it makes of each template of go-answers.json, and writes its answers there: `go run go-answers.go`, with Go 1.26.
package main

import (
	"bytes"
	"encoding/json"
	html "html/template"
	"io"
	"os"
	"strings"
	text "text/template"
	"time"
)

type answer struct {
	Template string `json:"template"`
	Text     string `json:"text"`
	HTML     string `json:"html"`
}

type executor interface {
	Execute(io.Writer, any) error
}

var functions = map[string]any{
	"add":   func(a, b int) int { return a + b },
	"title": strings.ToUpper,
}

func data() any {
	return map[string]any{
		"T": true, "F": false, "C": "<Cincinnati>", "G": "<Goodbye>", "H": "<Hello>",
		"A": []string{"<a>", "<b>"}, "E": []string{}, "N": 42, "U": nil,
		"W": html.HTML(`&iexcl;<b class="foo">Hello</b>, <textarea>O'World</textarea>!`),
		"I": "${ asd `` }", "X": "x", "I16": 7, "SI": []int{3, 4, 5},
		"MSI": map[string]int{"one": 1, "two": 2}, "Dur": 90 * time.Second, "Y": map[string]any{"Z": "z"},
		"Float": 1.5, "URL": html.URL("javascript:x()"), "When": time.Date(2024, 2, 3, 4, 5, 6, 7, time.UTC),
	}
}

func execute(template executor, err error) string {
	var out bytes.Buffer
	if err == nil {
		err = template.Execute(&out, data())
	}
	if err != nil {
		return "ERR " + err.Error()
	}
	return out.String()
}

func main() {
	read, err := os.ReadFile("go-answers.json")
	if err != nil {
		panic(err)
	}
	var answers []answer
	if err := json.Unmarshal(read, &answers); err != nil {
		panic(err)
	}
	lines := []string{}
	for _, each := range answers {
		asText, err := text.New("t").Funcs(functions).Parse(each.Template)
		each.Text = execute(asText, err)
		asHTML, err := html.New("t").Funcs(functions).Parse(each.Template)
		each.HTML = execute(asHTML, err)
		var line bytes.Buffer
		encoder := json.NewEncoder(&line)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(each); err != nil {
			panic(err)
		}
		lines = append(lines, "  "+strings.TrimSpace(line.String()))
	}
	written := "[\n" + strings.Join(lines, ",\n") + "\n]\n"
	if err := os.WriteFile("go-answers.json", []byte(written), 0o644); err != nil {
		panic(err)
	}
}
