package portal

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/exchange/balikan"
	"gapura/internal/bahasa"
	"gapura/internal/table"
	"gapura/internal/told"
	"gapura/web/bodies"
	"gapura/web/site"
)

type balikanPage struct {
	Rate          balikan.Rate
	Overdue       int
	Days          int
	Rows          []outstandingRow
	Older         string
	Reasons       []balikan.Reason
	Fields        []string
	Values        []fieldValue // of the form that was sent and is not right
	Doubtful      []doubtfulRow
	Unmatched     int
	Done, Problem string
	Warning       string // of what was taken all the same
}

// A doubtfulRow is data balikan that was taken although something about it is not right.
type doubtfulRow struct{ At, NIK, Why string }

type fieldValue struct{ Name, Value string }

type outstandingRow struct {
	Seq                        int64
	Record, Opened, Due, Login string
	NIK, Reference             string
	Late                       bool
}

// owes is what the visitor's agency owes today.
func owes(v *site.Visitor) agreement.Balikan { return balikan.Terms(v.Standing, v.Now) }

func (p *Portal) balikanHome(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	spec := owes(v)
	q := r.URL.Query()
	b := balikanPage{Done: map[string]string{"data": "Data balikan telah diterima.", "alasan": "Alasan telah dicatat.",
		"berkas": "Data balikan dari berkas telah diterima."}[q.Get("selesai")]}
	if q.Has("tanpa-pencarian") {
		b.Warning = "Ada NIK yang belum pernah dicari oleh instansi Anda. Periksa apakah NIK-nya benar; daftarnya ada di bawah."
	}
	return p.writeBalikan(w, r, v, spec, http.StatusOK, b)
}

func (p *Portal) writeBalikan(w http.ResponseWriter, r *http.Request, v *site.Visitor, spec agreement.Balikan, status int,
	b balikanPage) error {
	ctx, agency := r.Context(), v.Institution.ID
	rates, err := p.Balikan.Rates(ctx, agency, obligation.SemesterOf(v.Today()).Begins(), time.Time{})
	if err != nil {
		return err
	}
	for _, u := range rates {
		b.Rate.Opened, b.Rate.Met, b.Rate.Late, b.Rate.Excused = b.Rate.Opened+u.Opened, b.Rate.Met+u.Met, b.Rate.Late+u.Late,
			b.Rate.Excused+u.Excused
	}
	if b.Overdue, err = p.Balikan.Overdue(ctx, agency, v.Now); err != nil {
		return err
	}
	q := balikan.OutstandingQuery{Agency: agency, Limit: perPage + 1}
	if due, seq, ok := strings.Cut(r.URL.Query().Get("setelah"), "-"); ok {
		d, err1 := strconv.ParseInt(due, 10, 64)
		n, err2 := strconv.ParseInt(seq, 10, 64)
		if err1 == nil && err2 == nil {
			q.AfterDue, q.AfterSeq = time.UnixMicro(d), n
		}
	}
	list, err := p.Balikan.Outstanding(ctx, q)
	if err != nil {
		return err
	}
	if len(list) > perPage {
		list = list[:perPage]
		last := list[perPage-1]
		b.Older = "/balikan?setelah=" + strconv.FormatInt(last.Due.UnixMicro(), 10) + "-" + strconv.FormatInt(last.Seq, 10)
	}
	loc := v.Institution.Zone.Location()
	for _, e := range list {
		row := outstandingRow{
			Seq: e.Seq, Opened: bahasa.Date(e.Opened.In(loc)), Due: bahasa.Date(e.Due.In(loc).AddDate(0, 0, -1)), Login: e.Login,
			Reference: e.Reference, Late: e.Late(v.Now),
		}
		if !e.NIK.IsZero() {
			row.NIK = e.NIK.Masked()
		}
		b.Rows = append(b.Rows, row)
	}
	b.Days, b.Reasons, b.Fields = spec.Days, balikan.Reasons, spec.Fields
	if err := p.doubtful(ctx, v, &b); err != nil {
		return err
	}
	if b.Values == nil {
		for _, f := range spec.Fields {
			b.Values = append(b.Values, fieldValue{Name: f})
		}
	}
	return p.Show(w, r, status, "balikan", p.Page(r, v, "Data balikan", b))
}

// shownDoubtful is how many of each kind a page names.
const shownDoubtful = 10

// doubtful tells what was taken about persons whom nobody looked up, and what came without values.
func (p *Portal) doubtful(ctx context.Context, v *site.Visitor, b *balikanPage) error {
	agency := v.Institution.ID
	unmatched, err := p.Balikan.Received(ctx, agency, time.Time{}, true, shownDoubtful)
	if err != nil {
		return err
	}
	incomplete, err := p.Balikan.Incomplete(ctx, agency, shownDoubtful)
	if err != nil {
		return err
	}
	add := func(list []balikan.Received, why string) {
		for _, x := range list {
			b.Doubtful = append(b.Doubtful, doubtfulRow{site.Clock(x.At, v), x.Item.NIK.Masked(), why})
		}
	}
	add(unmatched, "belum pernah dicari oleh instansi Anda")
	add(incomplete, "belum lengkap: kirim sekali lagi dengan "+strings.Join(b.Fields, ", "))
	b.Unmatched, err = p.Balikan.Unmatched(ctx, agency)
	return err
}

// done goes back to the page, and says whether what was taken is about somebody whom nobody looked up.
func (p *Portal) done(w http.ResponseWriter, r *http.Request, what string, taken balikan.Taken) error {
	path := "/balikan?selesai=" + what
	if len(taken.Unmatched) > 0 {
		path += "&tanpa-pencarian"
	}
	return p.Redirect(w, r, path)
}

// sendOne takes data balikan for one person from the form.
func (p *Portal) sendOne(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	intake, err := p.open(r, v, balikan.ByPortal)
	if err != nil {
		return err
	}
	spec := intake.Terms
	f, err := p.Unsearched(w, r, append([]string{"nik"}, spec.Fields...)...)
	if err != nil {
		return err
	}
	b := balikanPage{}
	params := map[string]string{}
	for _, name := range spec.Fields {
		params[name] = f[name]
		b.Values = append(b.Values, fieldValue{name, f[name]})
	}
	var taken balikan.Taken
	content, err := balikan.ReadOne(f["nik"], params, spec)
	if err == nil {
		taken, err = intake.Take(r.Context(), content)
	}
	problem := told.Invalids(err)
	switch {
	case problem != nil:
		b.Problem = "Isian " + strings.TrimPrefix(problem.Error(), "field ") + "."
	case errors.Is(err, balikan.ErrRepeated):
		b.Problem = "Data ini sudah pernah dikirim."
	case err != nil:
		return err
	default:
		return p.done(w, r, "data", taken)
	}
	return p.writeBalikan(w, r, v, spec, http.StatusUnprocessableEntity, b)
}

// excuse keeps why there is no data balikan for a lookup.
func (p *Portal) excuse(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	intake, err := p.open(r, v, balikan.ByPortal)
	if err != nil {
		return err
	}
	f, err := p.Form(w, r, "catatan", "alasan")
	if err != nil {
		return err
	}
	seq, err := strconv.ParseInt(f["catatan"], 10, 64)
	if err != nil {
		seq = -1
	}
	err = intake.Excuse(r.Context(), seq, f["alasan"])
	if errors.Is(err, balikan.ErrReason) || errors.Is(err, balikan.ErrAnswered) {
		return p.writeBalikan(w, r, v, intake.Terms, site.Status(err), balikanPage{Problem: err.Error()})
	}
	if err != nil {
		return err
	}
	return p.Redirect(w, r, "/balikan?selesai=alasan")
}

type uploadPage struct {
	Left     []string // what of the file was left out
	Sheets   []string // of the workbook
	Sheet    string   // that was chosen
	Hidden   bool     // hidden rows were chosen too
	Fields   []string
	Problem  string
	Shown    bool
	Good     []uploadRow // the first of them
	Count    int
	Bad      []uploadRow
	BadCount int
	Data     string // the good rows, to be sent on
}

type uploadRow struct {
	Line    int
	NIK     string
	Values  []string
	Problem string
}

// shownRows is how many good rows a preview shows; all bad ones are named, up to maxBad.
const (
	shownRows = 20
	maxBad    = 200
)

func (p *Portal) uploadForm(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	spec := owes(v)
	return p.Show(w, r, http.StatusOK, "balikan-unggah", p.Page(r, v, "Unggah data balikan", uploadPage{Fields: spec.Fields}))
}

// upload shows what a file holds, and sends nothing.
func (p *Portal) upload(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	intake, err := p.open(r, v, balikan.ByUpload)
	if err != nil {
		return err
	}
	spec := intake.Terms
	u := uploadPage{Fields: spec.Fields}
	again := func(status int, text string) error {
		u.Problem = text
		return p.Show(w, r, status, "balikan-unggah", p.Page(r, v, "Unggah data balikan", u))
	}
	sent, err := p.Parts(w, r, balikan.MaxTable+64<<10, balikan.MaxTable, func(field string) bool { return field == "berkas" })
	if large := site.Status(err) == http.StatusRequestEntityTooLarge; large || err == nil && len(sent.Files) > 0 && sent.Files[0].Long {
		return again(http.StatusRequestEntityTooLarge, "Berkas melebihi 5 MB. Bagi menjadi beberapa berkas.")
	}
	if err != nil {
		return err
	}
	if len(sent.Files) == 0 || len(sent.Files[0].Content) == 0 {
		return again(http.StatusUnprocessableEntity, "Pilih berkas CSV atau XLSX lebih dahulu.")
	}
	content, choice := sent.Files[0].Content, table.Choice{Sheet: site.One(sent, "lembar"), Hidden: sent.Values["tersembunyi"] != nil}
	read, err := intake.Preview(r.Context(), content, choice)
	u.Sheets, u.Sheet, u.Hidden = read.Sheets, choice.Sheet, choice.Hidden
	if told.Invalids(err) != nil {
		return again(http.StatusUnprocessableEntity, strings.ToUpper(err.Error()[:1])+err.Error()[1:]+".")
	}
	if err != nil {
		return err
	}
	good := balikan.Good(read.Rows)
	u.Left = read.Left
	for _, row := range read.Rows {
		out := uploadRow{Line: row.Line}
		if row.Problem != nil {
			if u.BadCount++; u.BadCount <= maxBad {
				out.Problem = row.Problem.Error()
				u.Bad = append(u.Bad, out)
			}
			continue
		}
		if len(u.Good) < shownRows {
			out.NIK = row.Item.NIK.Masked()
			for _, f := range spec.Fields {
				out.Values = append(out.Values, row.Item.Params[0][f])
			}
			u.Good = append(u.Good, out)
		}
	}
	if u.Data, err = balikan.WriteRows(good, spec); err != nil {
		return err
	}
	u.Shown, u.Count = true, len(good)
	return p.Show(w, r, http.StatusOK, "balikan-unggah", p.Page(r, v, "Unggah data balikan", u))
}

// open opens the intake for a visitor.
func (p *Portal) open(r *http.Request, v *site.Visitor, via string) (*balikan.Opening, error) {
	return p.Intake.Open(r.Context(), balikan.Parcel{Who: v.Standing, Method: agreement.Portal, Address: p.Peer(r), Via: via})
}

// sendRows sends the good rows of a preview. What another has sent meanwhile is left out, and said.
func (p *Portal) sendRows(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	intake, err := p.open(r, v, balikan.ByUpload)
	if err != nil {
		return err
	}
	if err := bodies.Process.Take(r, 2*balikan.MaxTable); err != nil {
		return err
	}
	p.Unhurried(w)
	r.Body = http.MaxBytesReader(w, r.Body, 2*balikan.MaxTable)
	var taken balikan.Taken
	items, err := returned(r, intake.Terms)
	if err == nil {
		taken, err = intake.Take(r.Context(), balikan.Content{Items: items})
	}
	u := uploadPage{Fields: intake.Terms.Fields}
	switch {
	case told.Invalids(err) != nil:
		u.Problem = errNoRows.Text
	default:
		if errors.Is(err, balikan.ErrRepeated) {
			u.Problem = "Sebagian data baru saja dikirim dengan cara lain, sehingga tidak ada yang diterima. Unggah kembali berkasnya: " +
				"baris yang sudah dikirim akan disebutkan."
			break
		}
		if err != nil {
			return err
		}
		return p.done(w, r, "berkas", taken)
	}
	return p.Show(w, r, http.StatusUnprocessableEntity, "balikan-unggah", p.Page(r, v, "Unggah data balikan", u))
}

var errNoRows = told.Wrong("", "Tidak ada baris yang dapat dikirim. Silakan unggah kembali berkasnya.")

// returned reads the rows that the preview's form sends back.
func returned(r *http.Request, spec agreement.Balikan) ([]balikan.Item, error) {
	if err := r.ParseForm(); err != nil {
		return nil, errNoRows
	}
	read, err := balikan.ReadTable([]byte(r.PostForm.Get("data")), spec, table.Choice{})
	items := balikan.Good(read.Rows)
	if err != nil || len(items) == 0 {
		return nil, errNoRows
	}
	return items, nil
}

// sampleBook is a workbook to begin with, whose cells a spreadsheet leaves as they are typed.
func (p *Portal) sampleBook(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	content, err := table.Form(slices.Concat([]string{"NIK"}, owes(v).Fields)...)
	if err != nil {
		return err
	}
	return site.Download(w, "contoh-data-balikan.xlsx", site.XLSX, content)
}

// sampleTable is a table to begin with.
func (p *Portal) sampleTable(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	spec := owes(v)
	return site.Table(w, "contoh-data-balikan.csv", slices.Concat([]string{"NIK"}, spec.Fields)...).End()
}
