package desk_test

import (
	"bytes"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gapura/person/population"
	"gapura/person/value"
)

// imports gives the registry a full set that holds one resident alone.
func (c *counter) imports(p population.Person) {
	c.t.Helper()
	var file bytes.Buffer
	err := population.WriteCSV(&file, func(yield func(population.Person) bool) { yield(p) })
	if err != nil {
		c.t.Fatal(err)
	}
	opened, err := population.Reading{Kind: population.Full, Today: now}.Open(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		c.t.Fatal(err)
	}
	in := population.Import{Report: population.Report{Kind: population.Full}, AsOf: now, At: now, Rows: opened.Rows()}
	if r, err := c.provider.Registry.Import(c.t.Context(), in); err != nil || r.Total != 1 {
		c.t.Fatal(r.Total, err)
	}
}

// What the registry has no value of makes no application differ, and the officer is told to look at it, by verdicts and by sight.
func TestWhatCannotBeComparedIsShownAsSuch(t *testing.T) {
	c := newCounter(t)
	o := c.signedIn("petugas")
	who, form := c.resident(0)
	if form["alamat.rt"] == "" {
		t.Fatal("a resident without RT")
	}
	who.RT = ""
	c.imports(who)
	for _, way := range []string{"/krosscek", "/lihat"} {
		form["tetap"] = "ya"
		o.send("/permohonan/baru", form, "ktp", "kelompok")
		o.expect(200)
		app := o.path
		o.act(app, "periksa", "diajukan", "")
		o.post(app+way, url.Values{"keadaan": {"diperiksa"}})
		o.expect(200)
		o.get(app)
		o.expect(200, `RT: <b class="o mid">Tidak dapat dibandingkan; periksa pada berkas</b>`, `RW: <b class="o ok">Sesuai</b>`,
			"Data sesuai")
	}
}

// The form of the papers offers the tables by which values are read, whole and in their order.
func TestTheFormOffersTheTablesOfTheReading(t *testing.T) {
	o := newCounter(t).signedIn("petugas")
	o.get("/permohonan/baru?layanan=pupuk")
	o.expect(200)
	options := regexp.MustCompile(`<option>([^<]*)</option>`)
	for element, want := range map[string][]string{`<select id="f-jenis_kelamin"`: value.Sexes(),
		`<select id="f-status_perkawinan"`: value.Maritals(),
		`<datalist id="l-jenis_pekerjaan"`: value.Occupations()} {
		_, list, found := strings.Cut(o.body, element)
		list, _, ended := strings.Cut(list, "</"+element[1:strings.IndexByte(element, ' ')]+">")
		var got []string
		for _, m := range options.FindAllStringSubmatch(list, -1) {
			got = append(got, html.UnescapeString(m[1]))
		}
		if !found || !ended || !slices.Equal(got, want) {
			t.Errorf("%s>: %q, want %q", element, got, want)
		}
	}
	if !strings.Contains(o.body, ` list="l-jenis_pekerjaan"`) || len(o.body) > 12<<10 {
		t.Errorf("the jobs stand beside no field, or the page has %d bytes", len(o.body))
	}
}
