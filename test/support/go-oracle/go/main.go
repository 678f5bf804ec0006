// Answers questions about Go on stdin, one JSON object a line: what text/template with sprig makes of a template, what gjson
// finds at a path. It is asked when the tables of expected results are made anew, and never when Plumbline runs.
package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"github.com/tidwall/gjson"
	"sigs.k8s.io/yaml"
)

type question struct {
	Template *string           `json:"template"`
	Data     map[string][]byte `json:"data"`
	Flavour  string            `json:"flavour"`
	Gjson    *string           `json:"gjson"`
	JSON     []byte            `json:"json"`
}

type answer struct {
	Result []byte `json:"result"`
	Failed bool   `json:"failed"`
	Reason string `json:"reason,omitempty"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var asked question
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			panic(err)
		}
		if err := out.Encode(reply(asked)); err != nil {
			panic(err)
		}
	}
}

func reply(asked question) answer {
	if asked.Gjson != nil {
		found := gjson.GetBytes(asked.JSON, *asked.Gjson)
		return answer{Result: []byte(found.String()), Failed: !found.Exists()}
	}
	return render(asked)
}

func render(asked question) answer {
	data := map[string]string{}
	for key, value := range asked.Data {
		data[key] = string(value)
	}
	draft := template.New("the template").Funcs(functions(asked.Flavour))
	if asked.Flavour != "sealed-secrets" {
		draft = draft.Option("missingkey=error")
	}
	parsed, err := draft.Parse(*asked.Template)
	if err != nil {
		return answer{Failed: true, Reason: err.Error()}
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, data); err != nil {
		return answer{Failed: true, Reason: err.Error()}
	}
	return answer{Result: out.Bytes()}
}

func functions(flavour string) template.FuncMap {
	known := sprig.TxtFuncMap()
	for _, name := range []string{"env", "expandenv", "getHostByName"} {
		delete(known, name)
	}
	if flavour == "sealed-secrets" {
		return known
	}
	known["toYaml"] = func(value any) string {
		text, err := yaml.Marshal(value)
		if err != nil {
			return ""
		}
		return strings.TrimSuffix(string(text), "\n")
	}
	known["fromYaml"] = func(text string) map[string]any {
		read := map[string]any{}
		if err := yaml.Unmarshal([]byte(text), &read); err != nil {
			read["Error"] = err.Error()
		}
		return read
	}
	known["hexdec"] = func(text string) string {
		bytes, err := hex.DecodeString(text)
		if err != nil {
			return err.Error()
		}
		return string(bytes)
	}
	return known
}
