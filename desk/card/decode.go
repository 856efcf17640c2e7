package card

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"strings"
	"unicode/utf8"
)

// The decoders reduce an answer to its leaves, however deep the service nests them. They never pass on the errors of the standard decoders,
// which quote what they met. An answer that is not of its form is ErrAnswer.

// maxPairs bounds the leaves of one answer; a KTP-el has 18 lines.
const maxPairs = 1000

func leavesJSON(b []byte) ([]pair, error) {
	if !utf8.Valid(b) || !json.Valid(b) { // bounds the depth, too
		return nil, ErrAnswer
	}
	type level struct {
		object bool
		name   string
		value  bool // in an object: a value comes next
	}
	var out []pair
	stack := []level{{}}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil || len(out) > maxPairs {
			return nil, ErrAnswer
		}
		top := &stack[len(stack)-1]
		text := ""
		switch v := token.(type) {
		case json.Delim:
			switch v {
			case '{', '[':
				name := top.name // of a list's members: the list's
				top.value = false
				stack = append(stack, level{object: v == '{', name: name})
			default:
				stack = stack[:len(stack)-1]
			}
			continue
		case string:
			if top.object && !top.value {
				top.name, top.value = v, true
				continue
			}
			text = v
		case json.Number:
			text = v.String()
		case bool:
			text = map[bool]string{true: "true", false: "false"}[v]
		}
		top.value = false
		out = append(out, pair{top.name, text})
	}
}

// leavesXML takes elements without elements in them, and attributes. Namespaces are passed over. Go's decoder knows no entities of a
// document's own, and no coding but UTF-8.
func leavesXML(b []byte) ([]pair, error) {
	type level struct {
		name   string
		text   strings.Builder
		parent bool
	}
	var out []pair
	var stack []*level
	d := xml.NewDecoder(bytes.NewReader(b))
	root := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && root && len(stack) == 0 {
			return out, nil
		}
		if err != nil || len(out) > maxPairs {
			return nil, ErrAnswer
		}
		switch v := token.(type) {
		case xml.StartElement:
			root = true
			if len(stack) > 0 {
				stack[len(stack)-1].parent = true
			}
			for _, a := range v.Attr {
				out = append(out, pair{a.Name.Local, a.Value})
			}
			stack = append(stack, &level{name: v.Name.Local})
		case xml.CharData:
			if len(stack) > 0 {
				stack[len(stack)-1].text.Write(v)
			}
		case xml.EndElement:
			if top := stack[len(stack)-1]; !top.parent {
				out = append(out, pair{top.name, top.text.String()})
			}
			stack = stack[:len(stack)-1]
		}
	}
}

// leavesForm takes an answer as forms are sent, "nik=…&nama=…".
func leavesForm(b []byte) ([]pair, error) {
	values, err := url.ParseQuery(strings.TrimSpace(string(b)))
	if err != nil {
		return nil, ErrAnswer
	}
	var out []pair
	for name, list := range values {
		for _, v := range list {
			if out = append(out, pair{name, v}); len(out) > maxPairs {
				return nil, ErrAnswer
			}
		}
	}
	return out, nil
}
