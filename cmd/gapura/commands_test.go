//go:build !race

package main

import (
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestCommands runs the scripts of testdata, one command after the other: none of them leaves a service running.
func TestCommands(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata", Cmds: map[string]func(*testscript.TestScript, bool, []string){
		"exits": exits, "cut": cut, "sql": change}})
}

// exits runs a command and checks its exit code: exits 2 gapura serve.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	var failed *exec.ExitError
	if !errors.As(err, &failed) || strconv.Itoa(failed.ExitCode()) != args[0] {
		ts.Fatalf("%v: %v, want exit %s", args[1:], err, args[0])
	}
}

// cut takes so many bytes off the end of a file: cut gapura.db 8192.
func cut(ts *testscript.TestScript, _ bool, args []string) {
	st, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), st.Size()-n))
}

// change changes a SQLite file past the program: sql gapura.db 'DELETE FROM notices'.
func change(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = db.Exec(args[1])
	ts.Check(errors.Join(err, db.Close()))
}
