package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/internal/quote"
	"gapura/person/population"
	"gapura/web/peer"
)

type lookupBody struct {
	NIK       *string `json:"nik"`
	Purpose   string  `json:"purpose"` // missing: the gate refuses and records it (A8)
	Reference string  `json:"reference"`
}

func (a *API) lookup(w http.ResponseWriter, r *http.Request, _ *access.Standing) {
	var body lookupBody
	if err := a.full(r); err != nil {
		a.fail(w, r, err)
		return
	}
	if !decode(w, r, &body) || !whole(w, body) {
		return
	}
	ans, err := a.Gate.Lookup(r.Context(), a.request(r, body))
	if err != nil {
		a.fail(w, r, err)
		return
	}
	if ans.Code.Refused() {
		a.refuse(w, ans.Code, number(ans))
		return
	}
	b := begin(ans)
	if ans.Code == access.Found {
		b = appendPerson(append(b, `,"person":`...), ans.Person)
	}
	a.send(w, end(b, ans))
}

func (a *API) request(r *http.Request, b lookupBody) access.Request {
	return access.Request{
		Who: a.who(r), Method: agreement.API, Address: a.Peer(r), Certificate: peer.Certificate(r), NIK: *b.NIK, Purpose: b.Purpose,
		Reference: b.Reference,
	}
}

// plain reads a body as nearly every program writes it, without reflection: the three texts, each at most once, without escapes. Any other
// is left to encoding/json.
func (b *lookupBody) plain(data []byte) bool {
	read, rest, sep := lookupBody{}, bytes.Trim(data, " \t\r\n"), byte('{')
	for {
		key, value, after, ok := quote.Member(rest, sep)
		switch {
		case !ok:
			return false
		case key == "nik" && read.NIK == nil:
			read.NIK = &value
		case key == "purpose" && read.Purpose == "":
			read.Purpose = value
		case key == "reference" && read.Reference == "":
			read.Reference = value
		default:
			return false
		}
		if rest, sep = after, ','; string(rest) == "}" {
			*b = read
			return true
		}
	}
}

type matchBody struct {
	lookupBody
	Threshold *int                       `json:"threshold"`
	Claims    map[string]json.RawMessage `json:"claims"`
}

// maxClaims bounds the elements of one question: all that there are.
const maxClaims = 20

func (a *API) match(w http.ResponseWriter, r *http.Request, _ *access.Standing) {
	var body matchBody
	if err := a.full(r); err != nil {
		a.fail(w, r, err)
		return
	}
	if !decode(w, r, &body) || !whole(w, body.lookupBody) {
		return
	}
	threshold := 100
	if body.Threshold != nil {
		threshold = *body.Threshold
	}
	if threshold < 0 || threshold > 100 {
		problem(w, http.StatusUnprocessableEntity, "input", `field "threshold" harus 0 sampai 100`, "")
		return
	}
	claims, err := readClaims(body.Claims, a.Gate.Now())
	if err != nil {
		problem(w, http.StatusUnprocessableEntity, "input", err.Error(), "")
		return
	}
	ans, verdicts, fault := a.Gate.Match(r.Context(), a.request(r, body.lookupBody), claims, threshold)
	if fault != nil {
		a.fail(w, r, fault)
		return
	}
	if ans.Code.Refused() {
		a.refuse(w, ans.Code, number(ans))
		return
	}
	b := begin(ans)
	if ans.Code == access.Found {
		b = appendVerdicts(b, verdicts)
	}
	a.send(w, end(b, ans))
}

// readClaims takes texts, or numbers, by element key; alamat may also be an object of its parts. A value that cannot be read is the
// caller's error, never a difference. Errors are Indonesian and name known keys only.
func readClaims(in map[string]json.RawMessage, now time.Time) ([]population.Claim, error) {
	if len(in) == 0 || len(in) > maxClaims {
		return nil, fmt.Errorf(`field "claims" harus memuat 1 sampai %d elemen`, maxClaims)
	}
	var out []population.Claim
	for key, raw := range in {
		el, err := population.ParseElement(key)
		if err != nil {
			return nil, errors.New(`field "claims" memuat elemen yang tidak dikenal`)
		}
		if text, ok := claimText(raw); ok {
			c, err := population.ReadClaim(el, "", text, now)
			if err != nil {
				return nil, fmt.Errorf(`elemen %q pada "claims": %w`, key, err)
			}
			out = append(out, c)
			continue
		}
		var parts map[string]json.RawMessage
		if el != population.ElAddress || json.Unmarshal(raw, &parts) != nil || len(parts) == 0 {
			return nil, fmt.Errorf(`elemen %q pada "claims" harus berupa teks`, key)
		}
		for _, part := range population.AddressParts {
			raw, ok := parts[part]
			if !ok {
				continue
			}
			text, ok := claimText(raw)
			if !ok {
				return nil, fmt.Errorf(`bagian %q pada "alamat" harus berupa teks`, part)
			}
			c, err := population.ReadClaim(el, part, text, now)
			if err != nil {
				return nil, fmt.Errorf(`bagian %q pada "alamat": %w`, part, err)
			}
			out = append(out, c)
			delete(parts, part)
		}
		if len(parts) > 0 {
			return nil, errors.New(`elemen "alamat" pada "claims" memuat bagian yang tidak dikenal`)
		}
	}
	return out, nil
}

// claimText is a JSON text, a number as it is written, or null as nothing.
func claimText(raw json.RawMessage) (string, bool) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text, true
	}
	var n json.Number
	err := json.Unmarshal(raw, &n)
	return n.String(), err == nil
}

// whole checks that the texts are fit to be looked at; what they mean is the gate's.
func whole(w http.ResponseWriter, b lookupBody) bool {
	if b.NIK == nil {
		problem(w, http.StatusUnprocessableEntity, "input", `field "nik" harus diisi`, "")
		return false
	}
	for _, f := range []struct {
		name, value string
		most        int
	}{{"nik", *b.NIK, 64}, {"purpose", b.Purpose, access.MaxPurpose}, {"reference", b.Reference, access.MaxReference}} {
		if !clean(f.value, f.most) {
			problem(w, http.StatusUnprocessableEntity, "input", fmt.Sprintf("field %q harus teks sampai %d byte tanpa karakter kendali",
				f.name, f.most), "")
			return false
		}
	}
	return true
}
