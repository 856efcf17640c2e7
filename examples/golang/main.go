// Command golang is Gapura's JSON API from Go: look a person up, compare values, deliver data balikan. Standard library alone.
//
//	GAPURA_URL=https://gapura.example GAPURA_TOKEN=... GAPURA_PURPOSE=... go run . lookup NIK REFERENCE
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"
)

// client sends the token and the NIK to the configured host alone.
var client = &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error {
	return http.ErrUseLastResponse
}}

// call posts a body and reads the answer; a problem has a text in Indonesian that may be shown.
func call(path string, body, answer any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequest(http.MethodPost, os.Getenv("GAPURA_URL")+path, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+os.Getenv("GAPURA_TOKEN"))
	response, err := client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		var problem struct{ Detail string }
		if err := json.NewDecoder(response.Body).Decode(&problem); err != nil {
			return fmt.Errorf("HTTP %d: %w", response.StatusCode, err)
		}
		return fmt.Errorf("HTTP %d: %s", response.StatusCode, problem.Detail)
	}
	return json.NewDecoder(response.Body).Decode(answer)
}

type question struct {
	NIK       string         `json:"nik"` // a string, never a number
	Purpose   string         `json:"purpose"`
	Reference string         `json:"reference"`
	Threshold int            `json:"threshold,omitempty"`
	Claims    map[string]any `json:"claims,omitempty"`
}

type answer struct {
	Outcome, Message string
	Person           struct {
		Name string `json:"nama_lengkap"`
	}
	Verdicts map[string]struct{ Verdict string }
}

func lookup(nik, reference string) (string, error) {
	var a answer
	err := call("/api/v1/lookups", question{NIK: nik, Purpose: os.Getenv("GAPURA_PURPOSE"), Reference: reference}, &a)
	if err != nil || a.Outcome != "found" {
		return a.Outcome + ": " + a.Message, err
	}
	return "found: " + a.Person.Name, nil
}

func match(nik, reference, name, born string) (string, error) {
	var a answer
	err := call("/api/v1/matches", question{NIK: nik, Purpose: os.Getenv("GAPURA_PURPOSE"), Reference: reference, Threshold: 90,
		Claims: map[string]any{"nama_lengkap": name, "tanggal_lahir": born}}, &a)
	if err != nil || a.Outcome != "found" {
		return a.Outcome + ": " + a.Message, err
	}
	// Three verdicts: match, mismatch, and not_compared, which is no difference.
	return fmt.Sprintf("nama_lengkap=%s tanggal_lahir=%s", a.Verdicts["nama_lengkap"].Verdict, a.Verdicts["tanggal_lahir"].Verdict), nil
}

// balikan may be called again with the same key and items until it is accepted: they are taken once.
func balikan(key, nik, number, kind string) (string, error) {
	type item struct {
		NIK   string              `json:"nik"`
		Param []map[string]string `json:"param"`
	}
	var a struct {
		Accepted int
		Repeated bool
	}
	err := call("/api/v1/balikan", map[string]any{"key": key, "items": []item{
		{nik, []map[string]string{{"NOMOR": number, "JENIS_BANTUAN": kind}}}}}, &a)
	text := fmt.Sprintf("accepted %d", a.Accepted)
	if a.Repeated {
		text += " (already there)"
	}
	return text, err
}

func run(args []string) (string, error) {
	switch {
	case len(args) == 3 && args[0] == "lookup":
		return lookup(args[1], args[2])
	case len(args) == 5 && args[0] == "match":
		return match(args[1], args[2], args[3], args[4])
	case len(args) == 5 && args[0] == "balikan":
		return balikan(args[1], args[2], args[3], args[4])
	}
	return "", fmt.Errorf("lookup NIK REFERENCE | match NIK REFERENCE NAME BORN | balikan KEY NIK NUMBER KIND")
}

func main() {
	text, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(text)
}
