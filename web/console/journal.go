package console

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/journal/journal"
	"gapura/web/site"
)

type journalPage struct {
	Rows      []logRow
	Older     string
	MaySearch bool
	Verdict   verdict
	Missing   []witnessRow // witnesses that do not cosign
	Odd       []oddRow
}

// An oddRow is a row of rights that no entry of the log explains.
type oddRow struct{ Place, Why string }

// oddRows are all that this process found, by institution and row.
func oddRows(found map[int64]error) (out []oddRow) {
	for _, log := range slices.Sorted(maps.Keys(found)) {
		list := []error{found[log]}
		if joined, ok := found[log].(interface{ Unwrap() []error }); ok {
			list = joined.Unwrap()
		}
		for _, err := range list {
			if bad, ok := errors.AsType[*journal.Tampered](err); ok {
				out = append(out, oddRow{bad.Place, bad.Why})
			}
		}
	}
	return out
}

type logRow struct {
	Code, Name, Root, Signed, Cosigned, Alarm string
	Size                                      int64
	Reread                                    string // how far the service has come with reading it again
}

// A verdict is what is known of all logs together, for the one sentence that an auditor asks for.
type verdict struct {
	Broken []logRow // logs that are reported as not whole
	Logs   int      // that have entries
	Unread int      // of them not yet read to their end since the service began
	Oldest string   // when the one that was read longest ago was found whole
}

// verdict looks at every log, not only at those of the page. A log is called whole by what the service itself has read since it began: what
// an earlier process found says nothing about the files of today.
func (c *Records) verdict(r *http.Request, v *site.Visitor) (out verdict, err error) {
	var oldest time.Time
	for after, more := "", true; more; {
		list, err := c.Store.LogStates(r.Context(), after, exportBatch)
		if err != nil {
			return out, err
		}
		more = len(list) == exportBatch
		for _, l := range list {
			after = l.Name
			if l.Alarm != "" {
				out.Broken = append(out.Broken, logRow{Code: l.Code, Name: l.Name})
			}
			if l.Tree.Size == 0 {
				continue
			}
			out.Logs++
			whole := c.Notary.Round(l.Log).Whole
			switch {
			case whole.IsZero():
				out.Unread++
			case oldest.IsZero() || whole.Before(oldest):
				oldest = whole
			}
		}
	}
	out.Oldest = site.Clock(oldest, v)
	return out, nil
}

// journal lists the logs with size, root and last signature.
func (c *Records) journal(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	list, err := c.Store.LogStates(r.Context(), r.URL.Query().Get("setelah"), site.PerPage+1)
	if err != nil {
		return err
	}
	p := journalPage{MaySearch: v.May(access.ToSearch), Odd: oddRows(c.Store.Unexplained())}
	if len(list) > site.PerPage {
		list = list[:site.PerPage]
		p.Older = site.Link("/konsol/jurnal", "setelah", list[site.PerPage-1].Name)
	}
	for _, l := range list {
		root := l.Tree.Root()
		p.Rows = append(p.Rows, logRow{l.Code, l.Name, base64.StdEncoding.EncodeToString(root[:]), site.Clock(l.Signed, v),
			cosignedWords(l, v), l.Alarm, l.Tree.Size, c.rereadWords(l.Log, v)})
	}
	if p.Missing, err = c.missing(r.Context(), v); err != nil {
		return err
	}
	if p.Verdict, err = c.verdict(r, v); err != nil {
		return err
	}
	return c.Show(w, r, http.StatusOK, "jurnal", c.Page(r, v, "Jurnal akses", p))
}

// rereadWords says how far the service has come with reading a log again by itself.
func (c *Records) rereadWords(log int64, v *site.Visitor) string {
	r := c.Notary.Round(log)
	words := "belum selesai sejak layanan dimulai"
	if !r.Whole.IsZero() {
		words = "utuh pada " + site.Clock(r.Whole, v)
	}
	if r.Done > 0 {
		words += "; putaran ini " + bahasa.Number(int(r.Done)) + " dari " + bahasa.Number(int(r.Size))
	}
	return words
}

// cosignedWords says what the agency itself has signed of its log.
func cosignedWords(l journal.LogState, v *site.Visitor) string {
	switch {
	case l.Log == party.Provider:
		return "-"
	case l.Cosigner == "":
		return "belum terdaftar"
	case l.Cosigned.IsZero():
		return "terdaftar, belum menandatangani"
	}
	return bahasa.Number(int(l.Seen)) + " catatan, " + site.Clock(l.Cosigned, v)
}

type logPage struct {
	Code, Name             string
	State                  *logRow
	Archived               int64
	Cosigner, Alarmed      string
	Witnessed              []string // what each witness outside the office has cosigned
	MayEnd                 bool
	Check                  *checkRow
	User, From, To, Result string
	Figure, Method         string // of a report
	Purpose                string
	Kind                   string // the figure in words
	Results                []site.Option
	Rows                   []recordRow
	Older                  string
	Error                  string
	Filtered               bool
}

// A checkRow is the last check of the log.
type checkRow struct {
	Running, Stalled bool
	Done, Size       int64
	At, By, Broken   string
}

type recordRow struct{ Number, At, User, Act, NIK, Purpose, Reference, Outcome, Address, App, Method string }

// logOf finds the institution of the path, the provider's own too.
func (c *Records) logOf(r *http.Request) (party.Institution, error) {
	i, _, found, err := c.Store.InstitutionByCode(r.Context(), r.PathValue("code"))
	if err == nil && !found {
		err = site.ErrNotFound
	}
	return i, err
}

func (c *Records) log(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, err := c.logOf(r)
	if err != nil {
		return err
	}
	return c.writeLog(w, r, v, i, logPage{})
}

// resultOptions are the outcomes by which records are filtered.
func resultOptions(chosen string) (out []site.Option) {
	for _, o := range append([]access.Code{""}, access.Codes...) {
		label := o.Text()
		switch o {
		case "":
			label = "Semua"
		case access.Found:
			label = "Data ditemukan"
		case access.Entered:
			label = "Masuk ke portal"
		case access.Card:
			label = "Kartu dibaca"
		}
		out = append(out, site.Option{Value: string(o), Label: label, Chosen: string(o) == chosen})
	}
	return out
}

// writeLog shows a log with its filtered records; after a form that was not taken with what is wrong.
func (c *Records) writeLog(w http.ResponseWriter, r *http.Request, v *site.Visitor, i party.Institution, p logPage) error {
	q := r.URL.Query()
	p.Code, p.Name = i.Code, i.Name
	p.User, p.From, p.To, p.Result = strings.TrimSpace(q.Get("user")), q.Get("dari"), q.Get("sampai"), q.Get("hasil")
	p.Figure, p.Method, p.Purpose = q.Get("angka"), q.Get("metode"), q.Get("tujuan")
	p.Kind = access.Figure(p.Figure).Label()
	h := access.HistoryQuery{Agency: i.ID, Outcome: access.Code(p.Result), Figure: access.Figure(p.Figure), Method: p.Method,
		Purpose: p.Purpose, Limit: site.PerPage, Offset: int(min(site.Number(q.Get("mulai")), 1_000_000))}
	// Each page that is gone past is read by the database: the offset is bounded, and whoever seeks further narrows the filter.
	p.Filtered = p.User+p.From+p.To+p.Result+p.Figure+p.Method+p.Purpose != ""
	status := http.StatusOK
	for _, bound := range []struct {
		text string
		day  *time.Time
	}{{p.From, &h.From}, {p.To, &h.To}} {
		if bound.text == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, bound.text, i.Zone.Location())
		if err != nil {
			p.Error, status = "Tanggal tidak dapat dibaca. Silakan isi kembali.", http.StatusBadRequest
			continue
		}
		*bound.day = day
	}
	if !h.To.IsZero() { // the day that was typed belongs to the period
		h.To = h.To.AddDate(0, 0, 1)
	}
	if err := c.describe(r.Context(), v, i, &p); err != nil {
		return err
	}
	// A figure or a user that is not known has no records; without the condition the page would show everybody's.
	known := p.Figure == "" || p.Kind != ""
	if p.User != "" {
		u, found, err := c.Store.UserByLogin(r.Context(), p.User)
		if err != nil {
			return err
		}
		known, h.User = known && found, u.ID
	}
	p.Results = resultOptions(p.Result)
	if known {
		rows, more, err := c.Store.Records(r.Context(), h)
		if err == nil {
			err = c.Reads(r, v, access.ToLook, "jurnal "+i.Code)
		}
		if err != nil {
			return err
		}
		for _, x := range rows {
			row := recordRow{x.ID.String(), site.Clock(x.At, v), x.Login, access.Act(x.Act).Label(), "", x.Purpose, x.Reference,
				access.Code(x.Outcome).Text(), "", cmp.Or(x.App, "-"), cmp.Or(agreement.MethodLabels([]string{x.Method})[0], "-")}
			if !x.NIK.IsZero() {
				row.NIK = x.NIK.Masked()
			}
			if x.Address.IsValid() {
				row.Address = x.Address.String()
			}
			if row.Outcome == "" {
				row.Outcome = map[string]string{string(access.Found): "Data ditemukan", string(access.Entered): "Masuk ke portal",
					string(access.Card): "Kartu dibaca", access.OutcomeTold: "Disampaikan",
					access.OutcomeNoted: "Dicatat", string(access.Read): "Dibaca"}[x.Outcome]
			}
			p.Rows = append(p.Rows, row)
		}
		if more {
			p.Older = site.Link("/konsol/jurnal/"+i.Code, "user", p.User, "dari", p.From, "sampai", p.To, "hasil", p.Result, "angka",
				p.Figure, "metode", p.Method, "tujuan", p.Purpose, "mulai", site.ID(int64(h.Offset+site.PerPage)))
		}
	}
	if p.Check != nil && p.Check.Running { // without a script
		w.Header().Set("Refresh", "2")
	}
	return c.Show(w, r, status, "jurnal-log", c.Page(r, v, "Jurnal "+i.Name, p))
}

// describe fills in how the log stands.
func (c *Records) describe(ctx context.Context, v *site.Visitor, i party.Institution, p *logPage) error {
	l, found, err := c.Store.LogState(ctx, i.ID)
	if err != nil || !found {
		return err
	}
	root := l.Tree.Root()
	p.State = &logRow{l.Code, l.Name, base64.StdEncoding.EncodeToString(root[:]), site.Clock(l.Signed, v), cosignedWords(l, v), l.Alarm,
		l.Tree.Size, c.rereadWords(l.Log, v)}
	p.Archived, p.Cosigner, p.Alarmed, p.MayEnd = l.Archived, l.Cosigner, site.Clock(l.Alarmed, v), v.May(access.ToJudge)
	if p.Witnessed, err = c.witnessedWords(ctx, v, i.ID); err != nil {
		return err
	}
	k, found, err := c.Store.CheckOf(ctx, i.ID)
	if err != nil || !found {
		return err
	}
	p.Check = &checkRow{!k.Ended && !k.Stalled(v.Now), k.Stalled(v.Now), k.Done, max(k.Size, 1), site.Clock(k.Began, v), k.Login, k.Broken}
	return nil
}

// checkLog begins to go through the whole log; the log's page shows how far it is, by loading itself anew.
func (c *Records) checkLog(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, err := c.logOf(r)
	if err != nil {
		return err
	}
	k, found, err := c.Store.CheckOf(r.Context(), i.ID)
	if err != nil {
		return err
	}
	if !found || k.Ended || k.Stalled(v.Now) {
		ctx := context.WithoutCancel(r.Context()) // it goes on when the browser leaves
		// The answer waits until the beginning is kept: the page that it leads to would else show the check before this one.
		started := make(chan error, 1)
		save := func(k journal.CheckState) error {
			err := c.Store.SaveCheck(ctx, i.ID, k)
			select {
			case started <- err:
			default:
			}
			return err
		}
		go c.Notary.CheckInWords(ctx, i.ID, i.Code, v.User.ID, save, func(err error) {
			c.Log.Error("journal: check log", "agency", i.Code, "err", err)
		})
		if err := <-started; err != nil {
			return err
		}
	}
	return c.Redirect(w, r, "/konsol/jurnal/"+i.Code)
}

// checkpoint sends the newest signed checkpoint, which somebody else should keep.
func (c *Records) checkpoint(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, err := c.logOf(r)
	if err != nil {
		return err
	}
	note, err := c.Notary.Newest(r.Context(), i.ID)
	if errors.Is(err, journal.ErrNoRecord) {
		return site.ErrNotFound
	}
	if err != nil {
		return err
	}
	return site.Download(w, "checkpoint-"+i.Code+".txt", site.Text, note)
}

// endAlarm ends an alarm, with a reason that is recorded.
func (c *Records) endAlarm(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, err := c.logOf(r)
	if err != nil {
		return err
	}
	f, err := c.Form(w, r, "alasan")
	if err != nil {
		return err
	}
	reason := strings.TrimSpace(f["alasan"])
	if reason == "" {
		return c.writeLog(w, r, v, i, logPage{Error: "Alasan harus diisi."})
	}
	if err := c.Store.EndAlarm(r.Context(), journal.Change{At: v.Now, By: v.User.ID, Reason: reason}, i.ID); err != nil {
		return err
	}
	return c.Redirect(w, r, "/konsol/jurnal/"+i.Code)
}

// receipt sends the proof of a record.
func (c *Records) receipt(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	id, err := journal.ParseID(r.PathValue("id"))
	if err != nil {
		return site.ErrNotFound
	}
	receipt, err := c.Notary.Receipt(r.Context(), id)
	if errors.Is(err, journal.ErrNoRecord) {
		return site.ErrNotFound
	}
	if err != nil {
		return err
	}
	if err := c.Reads(r, v, access.ToLook, "kuitansi "+id.String()); err != nil {
		return err
	}
	return site.Download(w, "kuitansi-"+id.String()+".txt", site.Text, receipt)
}
