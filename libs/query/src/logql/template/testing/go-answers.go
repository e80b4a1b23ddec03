//go:build ignore

// Asks Go what it makes of each template of go-answers.json with the functions that Loki's templates have, and writes its answers there:
// `TZ=UTC go run go-answers.go`, with Go 1.26, in a module that requires github.com/Masterminds/sprig/v3 v3.3.0 and
// github.com/dustin/go-humanize v1.0.1.
package main

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"
	"github.com/dustin/go-humanize"
)

type answer struct {
	Template string `json:"template"`
	Text     string `json:"text"`
}

var labels = map[string]string{
	"foo": "BLIp", "bar": "blop", "n": "20", "f": "5.3", "blank": "  x ", "empty": "", "took": "1h30m", "size": "1.5KiB",
	"path": "/api/v1/users?id=1&x=a b", "words": "it's a small_world, größe ßa", "lines": "one\ntwo\n",
	"json": `{"list":[{"q":"up"},{"q":"down"}],"n":5,"big":1234567,"deep":{"a":true,"b":null}}`,
}

func replaceBy(put func(*regexp.Regexp, string, string) string) any {
	return func(pattern, text, to string) (string, error) {
		compiled, err := regexp.Compile(pattern)
		if err != nil {
			return "", err
		}
		return put(compiled, text, to), nil
	}
}

func seconds(text string) (float64, error) {
	duration, err := time.ParseDuration(text)
	return duration.Seconds(), err
}

// What Loki has beside what it takes from sprig.
var own = template.FuncMap{
	"ToLower": strings.ToLower, "ToUpper": strings.ToUpper, "Replace": strings.Replace, "Trim": strings.Trim,
	"TrimLeft": strings.TrimLeft, "TrimRight": strings.TrimRight, "TrimPrefix": strings.TrimPrefix,
	"TrimSuffix": strings.TrimSuffix, "TrimSpace": strings.TrimSpace,
	"regexReplaceAll":        replaceBy((*regexp.Regexp).ReplaceAllString),
	"regexReplaceAllLiteral": replaceBy((*regexp.Regexp).ReplaceAllLiteralString),
	"count": func(pattern, text string) (int, error) {
		compiled, err := regexp.Compile(pattern)
		if err != nil {
			return 0, err
		}
		return len(compiled.FindAllStringIndex(text, -1)), nil
	},
	"urldecode": url.QueryUnescape, "urlencode": url.QueryEscape, "duration": seconds, "duration_seconds": seconds,
	"bytes": func(text string) (float64, error) {
		size, err := humanize.ParseBytes(text)
		return float64(size), err
	},
	"unixEpochMillis": func(at time.Time) string { return strconv.FormatInt(at.UnixMilli(), 10) },
	"unixEpochNanos":  func(at time.Time) string { return strconv.FormatInt(at.UnixNano(), 10) },
	"toDateInZone": func(layout, zone, text string) time.Time {
		location, err := time.LoadLocation(zone)
		if err != nil {
			location = time.UTC
		}
		at, _ := time.ParseInLocation(layout, text, location)
		return at
	},
	"__line__":      func() string { return "the line" },
	"__timestamp__": func() time.Time { return time.Unix(0, 1_656_353_124_120_000_000) },
}

var fromSprig = strings.Fields(`b64enc b64dec lower upper title contains hasPrefix hasSuffix indent nindent replace repeat trim trimAll
	trimSuffix trimPrefix int float64 add sub mul div mod addf subf mulf divf max min maxf minf ceil floor round fromJson date toDate
	unixEpoch default`)

func execute(text string, functions template.FuncMap) string {
	read, err := template.New("line").Option("missingkey=zero").Funcs(functions).Parse(text)
	var out bytes.Buffer
	if err == nil {
		err = read.Execute(&out, labels)
	}
	if err != nil {
		return "ERR " + err.Error()
	}
	return out.String()
}

func main() {
	functions := template.FuncMap{}
	all := sprig.GenericFuncMap()
	for _, name := range fromSprig {
		functions[name] = all[name]
	}
	for name, function := range own {
		functions[name] = function
	}
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
		each.Text = execute(each.Template, functions)
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
