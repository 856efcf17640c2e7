package console

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"gapura/access"
	"gapura/journal"
	"gapura/party"
	"gapura/web/site"
)

type journalPage struct {
	Rows  []logRow
	Older string
}

type logRow struct {
	Code, Name, Root, Signed string
	Size                     int64
}

// journal lists the logs with size, root and last signature.
func (c *Console) journal(w http.ResponseWriter, r *http.Request, v *site.Visitor) {
	list, err := c.Store.LogStates(r.Context(), r.URL.Query().Get("setelah"), perPage+1)
	if err != nil {
		c.Fault(w, r, err)
		return
	}
	var p journalPage
	if len(list) > perPage {
		list = list[:perPage]
		p.Older = link("/konsol/jurnal", "setelah", list[perPage-1].Name)
	}
	for _, l := range list {
		root := l.Tree.Root()
		p.Rows = append(p.Rows, logRow{l.Code, l.Name, base64.StdEncoding.EncodeToString(root[:]), clock(l.Signed, v), l.Tree.Size})
	}
	c.Show(w, r, http.StatusOK, "jurnal", c.Page(r, v, "Jurnal akses", p))
}

type logPage struct {
	Code, Name             string
	User, From, To, Result string
	Results                []stateOption
	Rows                   []recordRow
	Older                  string
	Error                  string
	Whole, Broken          string // outcome of a check
	Filtered               bool
}

type recordRow struct{ Number, At, User, Act, NIK, Purpose, Reference, Outcome, Address string }

// logOf finds the institution of the path, the provider's own too; when it returns false it has answered.
func (c *Console) logOf(w http.ResponseWriter, r *http.Request) (party.Institution, bool) {
	i, _, found, err := c.Store.InstitutionByCode(r.Context(), r.PathValue("code"))
	if err != nil {
		c.Fault(w, r, err)
		return i, false
	}
	if !found {
		c.NotFound(w, r)
	}
	return i, found
}

func (c *Console) log(w http.ResponseWriter, r *http.Request, v *site.Visitor) {
	if i, ok := c.logOf(w, r); ok {
		c.writeLog(w, r, v, i, logPage{})
	}
}

var recordActs = map[string]string{journal.ActSignIn: "Masuk", journal.ActLookup: "Pencarian", journal.ActMatch: "Pencocokan", journal.ActTell: "Riwayat penduduk"}

func (c *Console) writeLog(w http.ResponseWriter, r *http.Request, v *site.Visitor, i party.Institution, p logPage) {
	q := r.URL.Query()
	p.Code, p.Name = i.Code, i.Name
	p.User, p.From, p.To, p.Result = strings.TrimSpace(q.Get("user")), q.Get("dari"), q.Get("sampai"), q.Get("hasil")
	h := access.HistoryQuery{Agency: i.ID, Outcome: access.Code(p.Result), Limit: perPage, Offset: int(min(number(q.Get("mulai")), 1_000_000))}
	p.Filtered = p.User+p.From+p.To+p.Result != ""
	status := http.StatusOK
	for text, to := range map[string]*time.Time{p.From: &h.From, p.To: &h.To} {
		if text == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, text, i.Zone.Location())
		if err != nil {
			p.Error, status = "Tanggal tidak dapat dibaca. Silakan isi kembali.", http.StatusBadRequest
			continue
		}
		*to = day
	}
	if !h.To.IsZero() {
		h.To = h.To.AddDate(0, 0, 1)
	}
	known := true
	if p.User != "" {
		u, found, err := c.Store.UserByLogin(r.Context(), p.User)
		if err != nil {
			c.Fault(w, r, err)
			return
		}
		known, h.User = found, u.ID
	}
	for _, o := range append([]access.Code{""}, access.Codes...) {
		label := o.Text()
		switch o {
		case "":
			label = "Semua"
		case access.Found:
			label = "Data ditemukan"
		case access.Entered:
			label = "Masuk ke portal"
		}
		p.Results = append(p.Results, stateOption{string(o), label, string(o) == p.Result})
	}
	if known {
		rows, more, err := c.Store.Records(r.Context(), h)
		if err != nil {
			c.Fault(w, r, err)
			return
		}
		for _, x := range rows {
			row := recordRow{x.ID.String(), clock(x.At, v), x.Login, recordActs[x.Act], "", x.Purpose, x.Reference, access.Code(x.Outcome).Text(), ""}
			if !x.NIK.IsZero() {
				row.NIK = x.NIK.Masked()
			}
			if x.Address.IsValid() {
				row.Address = x.Address.String()
			}
			if row.Outcome == "" {
				row.Outcome = map[string]string{string(access.Found): "Data ditemukan", string(access.Entered): "Masuk ke portal", access.OutcomeTold: "Disampaikan"}[x.Outcome]
			}
			p.Rows = append(p.Rows, row)
		}
		if more {
			p.Older = link("/konsol/jurnal/"+i.Code, "user", p.User, "dari", p.From, "sampai", p.To, "hasil", p.Result, "mulai", text(int64(h.Offset+perPage)))
		}
	}
	c.Show(w, r, status, "jurnal-log", c.Page(r, v, "Jurnal "+i.Name, p))
}

// checkLog goes through the whole log and says whether it is what was signed.
func (c *Console) checkLog(w http.ResponseWriter, r *http.Request, v *site.Visitor) {
	i, ok := c.logOf(w, r)
	if !ok {
		return
	}
	c.unhurried(w) // millions of records take a while
	var p logPage
	point, err := c.Notary.Check(r.Context(), i.ID, i.Code)
	if bad, ok := errors.AsType[*journal.Tampered](err); ok {
		p.Broken = bad.Error()
	} else if err != nil {
		c.Fault(w, r, err)
		return
	} else {
		p.Whole = text(point.Size)
	}
	c.writeLog(w, r, v, i, p)
}

// receipt sends the proof of a record.
func (c *Console) receipt(w http.ResponseWriter, r *http.Request, v *site.Visitor) {
	id, err := journal.ParseID(r.PathValue("id"))
	if err != nil {
		c.NotFound(w, r)
		return
	}
	receipt, err := c.Notary.Receipt(r.Context(), id)
	if errors.Is(err, journal.ErrNoRecord) {
		c.NotFound(w, r)
		return
	}
	if err != nil {
		c.Fault(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="kuitansi-`+id.String()+`.txt"`)
	w.Write(receipt)
}
