package main

import (
	"reflect"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// No command takes a resident's number, however it is written, or what is not seen in any text of its line: each text of each command is
// tried, so that a new one is searched without anybody's doing.
func TestNoCommandTakesANIKInAText(t *testing.T) {
	parser, err := kong.New(&commands{}, kong.Name("gapura"))
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, command := range parser.Model.Leaves(false) {
		values := append([]*kong.Value{}, command.Positional...)
		for _, group := range command.AllFlags(false) {
			for _, f := range group {
				values = append(values, f.Value)
			}
		}
		for _, v := range values {
			one := v.Target
			if one.Kind() == reflect.Slice && one.Type().Elem().Kind() == reflect.String {
				one.Set(reflect.MakeSlice(one.Type(), 1, 1))
				one = one.Index(0)
			}
			if one.Kind() != reflect.String {
				continue
			}
			before := one.String()
			for _, text := range []string{"surat 3303 0101 0180 0001", "b\u202ea"} {
				one.SetString(text)
				if err := searchTexts(command); err == nil || strings.Contains(err.Error(), "3303") {
					t.Errorf("%s, %s: %v", command.FullPath(), v.ShortSummary(), err)
				}
			}
			one.SetString(before)
			if tried++; searchTexts(command) != nil {
				t.Fatalf("%s, %s is refused as it was", command.FullPath(), v.ShortSummary())
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d texts were tried", tried)
	}
}
