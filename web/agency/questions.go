package agency

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"gapura/access/access"
	"gapura/access/snooping"
	"gapura/internal/bahasa"
	"gapura/internal/told"
	"gapura/office/curiosity"
	"gapura/person/freetext"
	"gapura/person/nik"
	"gapura/web/site"
)

// QuestionStore is what the pages about lookups without a service need.
type QuestionStore interface {
	Questions(ctx context.Context, agency, user int64, most int) ([]curiosity.Question, error)
	Answer(ctx context.Context, agency, user int64, seqs []int64, at time.Time, text string) (int, error)
	Services(ctx context.Context, agency int64, most int) ([]snooping.Service, error)
	AddServices(ctx context.Context, agency, by int64, at time.Time, list []snooping.Service) (int, error)
}

// Questions are the pages on which an agency's people say what lookups were for: officers answer, the head sees, and the administrator adds
// the lists and letters that explain lookups before anybody is asked. Who looks people up adds none, so that nobody explains themselves.
type Questions struct {
	*site.Site
	Store QuestionStore
}

// Routes is the table.
func (c *Questions) Routes() []site.Route {
	return []site.Route{
		{Pattern: "GET /pertanyaan", Act: access.ToReview, Handle: c.questions},
		{Pattern: "POST /pertanyaan", Act: access.ToReview, Handle: c.answer},
		{Pattern: "GET /dasar-layanan", Act: access.ToOversee, Handle: c.services},
		{Pattern: "POST /dasar-layanan", Act: access.ToManage, Handle: c.addServices},
	}
}

// Handler returns the pages. Cross-origin protection is the caller's.
func (c *Questions) Handler() http.Handler {
	for _, name := range []string{"pertanyaan", "dasar-layanan"} {
		c.Add(name, files, "templates/"+name+".html")
	}
	mux := http.NewServeMux()
	c.Mount(mux, c.Routes())
	mux.HandleFunc("/", c.NotFound)
	return c.Wrap(mux)
}

type questionsPage struct {
	Whole, May  bool
	Rows        []QuestionRow
	Waiting     int
	Text, Fault string
	Done        string
}

// A QuestionRow is a lookup that its officer is asked about, as pages show it.
type QuestionRow struct {
	Seq                                          int64
	Record, At, Login, NIK, Purpose, Ref, Reason string
	Repeats                                      int
	Answered, Answer                             string
	Mine                                         bool
	Tag                                          site.Tag
}

// QuestionRows are questions as pages show them, with the reason that their reader may know.
func QuestionRows(list []curiosity.Question, v *site.Visitor, reason func(curiosity.Question) string) []QuestionRow {
	out := make([]QuestionRow, len(list))
	for i, q := range list {
		row := QuestionRow{Seq: q.ID.Seq, Record: q.ID.String(), At: site.Clock(q.At, v), Login: q.Login, NIK: q.NIK.Masked(),
			Purpose: q.Purpose, Ref: q.Ref, Reason: reason(q), Repeats: q.Repeats, Answer: q.Answer,
			Mine: q.User == v.User.ID && q.Answered.IsZero(), Tag: site.Tag{Label: "Menunggu penjelasan", Kind: "mid"}}
		if !q.Answered.IsZero() {
			row.Answered, row.Tag = site.Clock(q.Answered, v), site.Tag{Label: "Dijelaskan", Kind: "ok"}
		}
		out[i] = row
	}
	return out
}

func (c *Questions) questions(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	done := map[string]string{"ya": "Penjelasan Anda telah dicatat."}[r.URL.Query().Get("dicatat")]
	return c.write(w, r, v, http.StatusOK, questionsPage{Done: done})
}

func (c *Questions) write(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, p questionsPage) error {
	user := v.User.ID
	if p.Whole = access.Answers(v.User.Role); p.Whole {
		user = 0
	}
	list, err := c.Store.Questions(r.Context(), v.Institution.ID, user, site.PerPage/2)
	if err != nil {
		return err
	}
	p.Rows = QuestionRows(list, v, curiosity.Question.Told)
	for _, x := range p.Rows {
		p.May = p.May || x.Mine
		if x.Answered == "" {
			p.Waiting++
		}
	}
	if p.Whole && len(p.Rows) > 0 {
		if err := c.Reads(r, v, access.ToReview, "pertanyaan pencarian"); err != nil {
			return err
		}
	}
	return c.Show(w, r, status, "pertanyaan", c.Page(r, v, "Pencarian yang perlu dijelaskan", p))
}

// answer keeps one reason for the questions that were chosen.
func (c *Questions) answer(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	list, err := c.Store.Questions(r.Context(), v.Institution.ID, v.User.ID, site.PerPage/2)
	if err != nil {
		return err
	}
	names := []string{"alasan"}
	for _, q := range list {
		names = append(names, "p-"+strconv.FormatInt(q.ID.Seq, 10))
	}
	f, err := c.Form(w, r, names...)
	if err != nil {
		return err
	}
	text := strings.TrimSpace(f["alasan"])
	again := func(problem string) error {
		p := questionsPage{Text: text, Fault: problem}
		if freetext.Problem(text) != "" {
			p.Text = "" // it may hold a NIK
		}
		return c.write(w, r, v, http.StatusUnprocessableEntity, p)
	}
	var seqs []int64
	for _, q := range list {
		if f["p-"+strconv.FormatInt(q.ID.Seq, 10)] != "" {
			seqs = append(seqs, q.ID.Seq)
		}
	}
	if len(seqs) == 0 {
		return again("Pilih pencarian yang dijelaskan.")
	}
	if err := curiosity.CheckAnswer(text); err != nil {
		return again(err.Error())
	}
	n, err := c.Store.Answer(r.Context(), v.Institution.ID, v.User.ID, seqs, v.Now, text)
	if err != nil {
		return err
	}
	if n != len(seqs) {
		return again("Sebagian pencarian sudah dijelaskan atau bukan pencarian Anda; yang lain telah dicatat.")
	}
	return c.Redirect(w, r, "/pertanyaan?dicatat=ya")
}

type servicesPage struct {
	May    bool
	Rows   []serviceRow
	Kinds  []site.Option
	Values map[string]string
	Faults told.Errors
	Done   string
}

type serviceRow struct{ Day, Kind, Reference, NIK string }

func (c *Questions) services(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p := servicesPage{Values: map[string]string{}}
	if n := site.Number(r.URL.Query().Get("ditambahkan")); n > 0 {
		p.Done = bahasa.Number(n) + " dasar layanan ditambahkan."
	}
	return c.writeServices(w, r, v, http.StatusOK, p)
}

// newestServices is how many a page shows.
const newestServices = 25

func (c *Questions) writeServices(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, p servicesPage) error {
	list, err := c.Store.Services(r.Context(), v.Institution.ID, newestServices)
	if err != nil {
		return err
	}
	p.May = v.May(access.ToManage)
	for _, x := range list {
		row := serviceRow{bahasa.Date(x.Day), x.Kind.Label(), x.Reference, "-"}
		if !x.NIK.IsZero() {
			row.NIK = x.NIK.Masked()
		}
		p.Rows = append(p.Rows, row)
	}
	if len(p.Rows) > 0 {
		if err := c.Reads(r, v, access.ToOversee, "dasar layanan"); err != nil {
			return err
		}
	}
	for _, k := range []snooping.Kind{snooping.List, snooping.Letter} {
		p.Kinds = append(p.Kinds, site.Option{Value: k.String(), Label: k.Label(), Chosen: p.Values["jenis"] == k.String()})
	}
	return c.Show(w, r, status, "dasar-layanan", c.Page(r, v, "Dasar layanan", p))
}

// addServices keeps a list or a letter with the persons that it names.
func (c *Questions) addServices(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "jenis", "referensi", "tanggal", "nik")
	if err != nil {
		return err
	}
	list, faults := servicesOf(f, v.Today())
	if faults != nil {
		if freetext.Problem(f["referensi"]) != "" {
			f["referensi"] = ""
		}
		return c.writeServices(w, r, v, http.StatusUnprocessableEntity, servicesPage{Values: f, Faults: faults})
	}
	n, err := c.Store.AddServices(r.Context(), v.Institution.ID, v.User.ID, v.Now, list)
	if err != nil {
		return err
	}
	return c.Redirect(w, r, site.Link("/dasar-layanan", "ditambahkan", site.ID(int64(n))))
}

func servicesOf(f map[string]string, today time.Time) (list []snooping.Service, faults told.Errors) {
	kind, ok := snooping.ParseKind(f["jenis"])
	if !ok || kind != snooping.List && kind != snooping.Letter {
		faults.Add("jenis", "Pilih daftar atau surat.")
	}
	ref := strings.TrimSpace(f["referensi"])
	if ref == "" || !access.ValidReference(ref) {
		faults.Add("referensi", "Nomor harus diisi, paling panjang 64 karakter, dan tidak boleh berupa NIK.")
	}
	day, err := time.Parse(time.DateOnly, f["tanggal"])
	if err != nil || day.After(today) {
		faults.Add("tanggal", "Tanggal harus diisi dan tidak boleh sesudah hari ini.")
	}
	bad := 0
	for line := range strings.FieldsFuncSeq(f["nik"], func(r rune) bool { return r == ',' || r == ';' || unicode.IsControl(r) }) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		n, err := nik.Parse(strings.TrimSpace(line))
		if err != nil {
			bad++
			continue
		}
		list = append(list, snooping.Service{Reference: ref, NIK: n, Day: day, Kind: kind})
	}
	switch {
	case bad > 0:
		faults.Add("nik", bahasa.Number(bad)+" baris bukan NIK 16 angka. Isikan satu NIK pada setiap baris.")
	case len(list) == 0:
		faults.Add("nik", "Isikan NIK orang yang disebut, satu pada setiap baris.")
	}
	if errors.Is(faults.Err(), nil) {
		return list, nil
	}
	return nil, faults
}
