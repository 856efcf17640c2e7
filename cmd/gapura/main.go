// Command gapura is the gateway between a civil registry office and the agencies that may check its population data.
package main

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"gapura/internal/notices"
	"gapura/person/freetext"
)

// version is set by the linker (make build).
var version = "dev"

type commands struct {
	Init       initCommand       `cmd:"" help:"Make a new, empty installation of the provider or of a desk."`
	Serve      serveCommand      `cmd:"" help:"Run the provider: portal, console and JSON API."`
	Loket      loketCommand      `cmd:"" help:"Run the agency's service desk."`
	Demo       demoCommand       `cmd:"" help:"Set up and run an invented district: provider and desk."`
	Population populationCommand `cmd:"" help:"Generate or import population data."`
	Backup     backupCommand     `cmd:"" help:"Write an encrypted backup of the provider or of a desk, while it serves."`
	Restore    restoreCommand    `cmd:"" help:"Restore an installation from a backup; nothing is overwritten."`
	Journal    journalCommand    `cmd:"" help:"Hand out an agency's log and check it offline."`
	Witness    witnessCommand    `cmd:"" help:"Be a witness for logs of other offices, and keep the witnesses of one's own."`
	Abuse      abuseCommand      `cmd:"" help:"Judge recorded lookups by the rules against enumeration."`
	Report     reportCommand     `cmd:"" help:"Write reports."`
	Database   databaseCommand   `cmd:"" help:"Move to PostgreSQL, and make what is derived from the journal anew."`
	Ca         caCommand         `cmd:"" help:"Keep the own small authority that issues TLS certificates."`
	Key        keyCommand        `cmd:"" help:"Change the key file."`
	User       userCommand       `cmd:"" help:"Invite a user by an activation slip."`
	Token      tokenCommand      `cmd:"" help:"Issue, list and revoke tokens, and redeem one by its slip."`
	Config     configCommand     `cmd:"" help:"Print an example configuration."`
	Doctor     doctorCommand     `cmd:"" help:"Check keys, clock, disk, database, journal, mail and certificate, in words."`
	Version    versionCommand    `cmd:"" help:"Print the version."`
	Licenses   licensesCommand   `cmd:"" help:"Print what the program contains of others, with its terms."`
}

// A refusal ends a command with exit code 1; every other error is a wrong call, exit code 2.
type refusal struct{ error }

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	var c commands
	code := -1
	parser, err := kong.New(&c, kong.Name("gapura"), kong.Description("Gateway for population data under an agreement."),
		kong.ConfigureHelp(kong.HelpOptions{NoExpandSubcommands: true, Compact: true}), kong.Exit(func(n int) { code = n }))
	if err != nil {
		panic(err)
	}
	ctx, err := parser.Parse(args)
	if code >= 0 { // --help was answered
		return code
	}
	if err == nil {
		err = searchTexts(ctx.Selected())
	}
	if err == nil {
		err = ctx.Run()
	}
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "gapura:", err)
	if r := (refusal{}); errors.As(err, &r) {
		return 1
	}
	return 2
}

// searchTexts refuses a command line with a resident's number, or with what is not seen, in any of its texts, file names too (K3): what is
// typed there comes to the journal, to letters and to the shell's own history. Numbers of residents are read from standard input.
func searchTexts(command *kong.Node) error {
	var values []*kong.Value
	for n := command; n != nil; n = n.Parent {
		for _, f := range n.Flags {
			values = append(values, f.Value)
		}
		values = append(values, n.Positional...)
	}
	for _, v := range values {
		for _, text := range texts(v.Target) {
			if problem := freetext.Problem(text); problem != "" {
				return fmt.Errorf("%s: %s", v.ShortSummary(), problem)
			}
		}
	}
	return nil
}

// texts are those that a value of the command line holds.
func texts(v reflect.Value) (list []string) {
	switch v.Kind() {
	case reflect.String:
		return []string{v.String()}
	case reflect.Slice:
		for i := range v.Len() {
			list = append(list, texts(v.Index(i))...)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return texts(v.Elem())
		}
	}
	return list
}

type licensesCommand struct{}

func (licensesCommand) Run() error { return notices.Write(os.Stdout) }

type versionCommand struct{}

func (versionCommand) Run() error {
	v := version
	if info, ok := debug.ReadBuildInfo(); ok && v == "dev" {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				v += "-" + s.Value[:min(12, len(s.Value))]
			}
		}
	}
	fmt.Println("gapura", v)
	return nil
}
