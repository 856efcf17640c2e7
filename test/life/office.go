package life

import (
	"maps"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// Provider is the office with its two administrators, who are two people.
type Provider struct {
	W        *World
	One, Two *Browser
	letters  int
	mails    []string          // that the model expects: "to: subject"
	mailOf   map[string]string // agency → its address
	mailed   map[string]string // login → address that second halves go to
}

func (o *Provider) expects(to, subject string) { o.mails = append(o.mails, to+": "+subject) }

// Found makes the first two administrators by the command line and signs them in.
func Found(w *World) *Provider {
	w.T.Helper()
	o := &Provider{W: w, One: w.Somebody(), Two: w.Somebody(), mailOf: map[string]string{}, mailed: map[string]string{}}
	for i, b := range []*Browser{o.One, o.Two} {
		login, nip := []string{"admin.satu", "admin.dua"}[i], []string{"991", "992"}[i]
		out := w.Admin([]string{"Rekaan Satu", "Rekaan Dua"}[i], login, nip)
		w.Activate(b, login, strings.TrimSpace(out), "")
	}
	return o
}

// Morning signs both administrators in; yesterday's sessions are over.
func (o *Provider) Morning() {
	o.W.T.Helper()
	o.W.SignIn(o.One, "admin.satu")
	o.W.SignIn(o.Two, "admin.dua")
}

// A Case is a procedure's run under way.
type Case struct {
	o      *Provider
	agency string // empty: the office itself
	name   string
	path   string
}

// Begin begins a procedure for an agency (empty: the office itself).
func (o *Provider) Begin(agency, procedure string) *Case {
	o.W.T.Helper()
	o.One.Open("/konsol/berkas/baru?instansi=" + agency)
	o.One.pressIn(func(form *html.Node) bool {
		found := false
		each(form, func(n *html.Node) { found = found || attr(n, "name") == "prosedur" && attr(n, "value") == procedure })
		return found
	}, nil)
	if !strings.HasPrefix(o.One.Path(), "/konsol/berkas/") {
		o.W.T.Fatalf("%s: %s is not begun: %s", procedure, agency, o.One.Text())
	}
	return &Case{o: o, agency: agency, name: procedure, path: o.One.Path()}
}

// Run takes the case's steps up to its end: it fills in what a step asks for from the values, attaches a scan where there is room for one,
// and lets the other administrator decide. until names a field at whose step it stops, the case being left as it is; empty: none. Every
// value must find its field.
func (c *Case) Run(values map[string]string, verdict, until string) *Case {
	t := c.o.W.T
	t.Helper()
	left := maps.Clone(values)
	for range 12 {
		b := c.o.One
		if b.Open(c.path); !b.HasButton("Simpan langkah ini") && !b.HasButton("Setujui") {
			b = c.o.Two
			b.Open(c.path)
		}
		words := "Simpan langkah ini"
		switch {
		case until != "" && b.hasField("f."+until):
			c.o.W.letters(b, c.name == "pks")
			return c
		case b.HasButton("Setujui"):
			b = c.o.Two
			b.Open(c.path)
			words = verdict
			if c.o.mailOf[""] != "" {
				c.o.expects(c.o.mailOf[""], "Menunggu keputusan: "+b.heading())
			}
		case !b.HasButton(words):
			if len(left) > 0 {
				t.Fatalf("%s, %s: no step asked for %v:\n%s", c.o.W.Day().Format(time.DateOnly), c.name, left, b.Text())
			}
			c.o.W.letters(b, c.name == "pks")
			if to := c.o.mailOf[c.agency]; c.agency != "" {
				c.o.expects(to, b.heading()+": "+map[string]string{agreed: "selesai", refused: "ditolak"}[verdict])
			}
			return c
		}
		filled := map[string]string{}
		if b.hasField("surat") {
			c.o.letters++
			filled["surat"], filled["tanggal_surat"] = "470/"+strconv.Itoa(c.o.letters)+"/"+c.o.W.Day().Format("2006"),
				c.o.W.Day().Format(time.DateOnly)
		}
		for key, v := range values {
			if b.hasField("f."+key) || b.hasField(key) {
				filled[key] = v
				delete(left, key)
			}
		}
		if words == refused {
			filled["alasan_keputusan"] = "Direktur Jenderal tidak menyetujui."
		}
		b.Press(words, filled, b.hasField("pindaian"))
		if fault := b.Faults(); fault != "" {
			t.Fatalf("%s, %s: %s", c.o.W.Day().Format(time.DateOnly), c.name, fault)
		}
	}
	t.Fatalf("%s does not end", c.name)
	return c
}

var letterNumber = regexp.MustCompile(`\d+(?:\.\d+)*/\d{4}/\d{4}`)

// document is the number of the last document that the case made, as it is printed.
func (c *Case) document() string {
	c.o.W.T.Helper()
	c.o.One.Open(c.path)
	all := letterNumber.FindAllString(c.o.One.Text(), -1)
	if len(all) == 0 {
		c.o.W.T.Fatalf("%s names no document: %s", c.name, c.o.One.Text())
	}
	return all[len(all)-1]
}

// What the other administrator says.
const (
	agreed  = "Setujui"
	refused = "Tolak"
)

var mailedHalf = regexp.MustCompile(`Kode kedua Anda: (\S+)`)

// Halves are the two halves of a user's slip for something ("Kata sandi", "Token API"), each from another hand: the first administrator
// prints, the second draws; where the second half goes by mail, to the address that the first one wrote down, the second prints.
func (o *Provider) Halves(what, login string) (path, half string) {
	o.W.T.Helper()
	printer := o.One
	if o.mailed[login] != "" {
		printer = o.Two
	}
	printer.Open("/konsol/lembar")
	sheet := printer.print("Cetak lembar " + what + " untuk " + login)
	if path = sheetCode.FindString(strings.Join(strings.Fields(sheet), "")); path == "" {
		o.W.T.Fatalf("the sheet of %s has no address: %s", login, sheet)
	}
	if to := o.mailed[login]; to != "" { // the second half goes by mail
		subject := "Kode kedua untuk User ID " + login
		o.expects(to, subject)
		o.W.Look()
		return path, mailedHalf.FindStringSubmatch(o.W.Post.body(to, subject))[1]
	}
	o.Two.Open("/konsol/lembar")
	o.Two.PressLabelled("Ambil kode kedua untuk " + login)
	return path, o.Two.ByID("kode-kedua")
}
