package procedure

import (
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/person/nik"
	"gapura/person/population"
)

// Methods are the access methods with their names (Juknis II.C.1, C.3).
var Methods = func() (list []Option) {
	for _, m := range []string{agreement.Portal, agreement.API, agreement.Legacy, agreement.Reader} {
		list = append(list, Option{m, agreement.MethodLabels([]string{m})[0]})
	}
	return list
}()

// Tokens are the kinds of tokens with their names.
var Tokens = []Option{
	{string(party.APIToken), "Token API, untuk pencarian oleh program"}, {string(party.BalikanToken), "Token data balikan"},
	{string(party.DeskToken), "Token loket, untuk petugas yang mencari dari aplikasi loket"},
}

// ownForm are the kinds that hold nothing but what their own reader knows: no free text, in which numbers may look like a NIK by chance, as
// those of several networks do. A setting is what a page has made of a form of its own.
var ownForm = map[string]bool{"nik": true, "setting": true, "date": true, "number": true, "networks": true, "fingerprints": true}

// kinds reads what was typed into its stored form, or says what is wrong with it. A list is stored one value a line, a date as YYYY-MM-DD.
var kinds = map[string]func(f Field, typed string, x Facts) (value, problem string){
	"text":   func(_ Field, v string, _ Facts) (string, string) { return limit(clean(v), 200) },
	"record": record,
	"long":   func(_ Field, v string, _ Facts) (string, string) { return limit(cleanLines(v), 4000) },
	// script: a text that is kept to the letter; setting: what a page has worked out, shown in words only.
	"script": func(_ Field, v string, _ Facts) (string, string) {
		return limit(strings.ReplaceAll(v, "\r\n", "\n"), 100_000)
	},
	"setting": func(_ Field, v string, _ Facts) (string, string) { return limit(v, 100_000) },
	"date": func(_ Field, v string, _ Facts) (string, string) {
		if v = clean(v); v == "" {
			return "", ""
		}
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			return "", "bukan tanggal yang benar."
		}
		return v, ""
	},
	"number": func(_ Field, v string, _ Facts) (string, string) {
		if v = strings.ReplaceAll(clean(v), ".", ""); v == "" {
			return "", ""
		}
		if n, err := strconv.Atoi(v); err != nil || n < 0 || n > 1_000_000 {
			return "", "harus berupa angka 0 sampai 1.000.000."
		}
		return v, ""
	},
	"nik": func(_ Field, v string, _ Facts) (string, string) {
		if clean(v) == "" {
			return "", ""
		}
		n, err := nik.Parse(v)
		if err != nil {
			return "", "tidak sesuai format."
		}
		return n.Digits(), ""
	},
	// email: an agency's, which is nobody's of the office: the second half of a slip goes there, and who prints the first is one of them.
	"email": func(_ Field, v string, x Facts) (string, string) {
		if v = clean(v); v == "" {
			return "", ""
		}
		a, err := mail.ParseAddress(v)
		switch {
		case err != nil || a.Address != v || len(v) > 200:
			return "", "bukan alamat surel yang benar."
		case x.Institution.ID != party.Provider &&
			slices.ContainsFunc(x.Staff, func(u party.User) bool { return u.Email != "" && strings.EqualFold(u.Email, v) }):
			return "", "adalah milik staf Dinas Dukcapil; isi alamat orang atau instansi itu sendiri."
		}
		return v, ""
	},
	"code": func(_ Field, v string, x Facts) (string, string) {
		v = name(v)
		switch {
		case v == "":
			return "", ""
		case !codeForm.MatchString(v):
			return "", "hanya boleh berisi huruf kecil dan angka, 3 sampai 30 karakter."
		case slices.Contains(x.InUse.Codes, v):
			return "", "sudah dipakai instansi lain."
		}
		return v, ""
	},
	"login": func(_ Field, v string, x Facts) (string, string) {
		v = name(v)
		switch {
		case v == "":
			return "", ""
		case !loginForm.MatchString(v):
			return "", "hanya boleh berisi huruf kecil, angka, titik, dan tanda hubung, 3 sampai 60 karakter."
		case slices.Contains(x.InUse.Logins, v):
			return "", "sudah dipakai pengguna lain."
		}
		return v, ""
	},
	"user": func(_ Field, v string, x Facts) (string, string) {
		v = name(v)
		if v == "" {
			return "", ""
		}
		if _, ok := x.user(v); !ok {
			return "", "bukan pengguna instansi ini."
		}
		return v, ""
	},
	// token: one of the agency's, by its fingerprint.
	"token": func(_ Field, v string, x Facts) (string, string) {
		if clean(v) == "" {
			return "", ""
		}
		f, err := party.ParseFingerprint(v)
		if _, ok := x.token(f); err != nil || !ok {
			return "", "bukan sidik token instansi ini yang berlaku."
		}
		return f, ""
	},
	// application: one of the agency's that is in use, by its name.
	"application": func(_ Field, v string, x Facts) (string, string) {
		if v = clean(v); v == "" {
			return "", ""
		}
		a, ok := x.app(v)
		if !ok {
			return "", "bukan aplikasi instansi ini yang digunakan. Daftarkan aplikasinya lebih dahulu."
		}
		return a.Name, ""
	},
	// tokens: kinds of tokens.
	"tokens": func(_ Field, v string, _ Facts) (string, string) {
		list := lines(v)
		for _, k := range list {
			if !party.Kind(k).Token() {
				return "", "memuat jenis token yang tidak dikenal."
			}
		}
		return strings.Join(list, "\n"), ""
	},
	"former-user": func(_ Field, v string, x Facts) (string, string) {
		v = name(v)
		if v == "" {
			return "", ""
		}
		if _, ok := x.gone(v); !ok {
			return "", "bukan user ID instansi ini yang sedang nonaktif."
		}
		return v, ""
	},
	"zone": func(_ Field, v string, _ Facts) (string, string) {
		if v = clean(v); v != "" && !party.Zone(v).Valid() {
			return "", "harus WIB, WITA, atau WIT."
		}
		return v, ""
	},
	"choice": func(f Field, v string, _ Facts) (string, string) {
		if v = clean(v); v != "" && !slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == v }) {
			return "", "harus dipilih dari daftar."
		}
		return v, ""
	},
	"elements": func(_ Field, v string, _ Facts) (string, string) {
		list := lines(v)
		if _, err := population.ParseElements(list); err != nil {
			return "", "memuat elemen yang tidak dikenal."
		}
		return strings.Join(list, "\n"), ""
	},
	"methods": func(_ Field, v string, _ Facts) (string, string) {
		list := lines(v)
		for _, m := range list {
			if !slices.ContainsFunc(Methods, func(o Option) bool { return o.Value == m }) {
				return "", "memuat metode yang tidak dikenal."
			}
		}
		return strings.Join(list, "\n"), ""
	},
	"purposes": func(_ Field, v string, _ Facts) (string, string) {
		list := lines(v)
		for _, p := range list {
			if len(p) > 100 {
				return "", "paling panjang 100 karakter setiap baris."
			}
		}
		if len(list) > 50 {
			return "", "paling banyak 50 baris."
		}
		return strings.Join(list, "\n"), ""
	},
	// granted-purposes: some of the agreement's, one a line; none: all of them.
	"granted-purposes": func(_ Field, v string, x Facts) (string, string) {
		list := lines(v)
		for _, p := range list {
			if x.Grant == nil || !x.Grant.Serves(p) {
				return "", "memuat tujuan yang tidak ada dalam perjanjian instansi ini."
			}
		}
		return strings.Join(list, "\n"), ""
	},
	// purpose-elements: elements by purpose, a line each; see agreement.ParseNarrowed.
	"purpose-elements": func(_ Field, v string, _ Facts) (string, string) {
		v = cleanLines(v)
		if _, err := agreement.ParseNarrowed(v); err != nil {
			text, _ := told.Text(err)
			return "", text
		}
		return limit(v, 4000)
	},
	// columns: keys of data balikan, one a line.
	"columns": func(_ Field, v string, _ Facts) (string, string) {
		list := lines(strings.ToUpper(v))
		if len(list) > 20 {
			return "", "paling banyak 20 baris."
		}
		for i, l := range list {
			if !columnForm.MatchString(l) || l == "NIK" {
				return "", "baris " + strconv.Itoa(i+1) + " hanya boleh berisi huruf, angka, dan garis bawah, dan bukan NIK."
			}
		}
		return strings.Join(list, "\n"), ""
	},
	"networks": func(_ Field, v string, _ Facts) (string, string) {
		list := lines(v)
		for i, n := range list {
			p, err := parseNetwork(n)
			if err != nil {
				return "", "baris " + strconv.Itoa(i+1) + " bukan alamat IP atau CIDR."
			}
			list[i] = p.String()
		}
		return strings.Join(list, "\n"), ""
	},
	// fingerprints: SHA-256 of certificates, one a line, as openssl x509 -fingerprint prints them or as plain hexadecimal.
	"fingerprints": func(_ Field, v string, _ Facts) (string, string) {
		list := lines(v)
		if len(list) > 20 {
			return "", "paling banyak 20 baris."
		}
		if v == agreement.NoPrints {
			return v, ""
		}
		for i, l := range list {
			_, after, is := strings.Cut(l, "=")
			if !is {
				after = l
			}
			raw, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(after), ":", ""))
			if err != nil || len(raw) != sha256.Size {
				return "", "baris " + strconv.Itoa(i+1) + " bukan sidik jari SHA-256 (64 angka heksadesimal)."
			}
			list[i] = hex.EncodeToString(raw)
		}
		return strings.Join(list, "\n"), ""
	},
	// readers: one a line, "serial; model; SAM", the SAM may be missing.
	"readers": func(_ Field, v string, _ Facts) (string, string) {
		list := lines(v)
		if len(list) > 200 {
			return "", "paling banyak 200 baris."
		}
		for i, l := range list {
			parts := strings.Split(l, ";")
			if len(parts) < 2 || len(parts) > 3 || clean(parts[0]) == "" || clean(parts[1]) == "" || len(l) > 200 {
				return "", "baris " + strconv.Itoa(i+1) + " harus berbentuk: nomor seri; model; nomor SAM."
			}
			for j := range parts {
				parts[j] = clean(parts[j])
			}
			list[i] = strings.Join(parts, "; ")
		}
		return strings.Join(list, "\n"), ""
	},
	// points: those of the readers' specification that are met, one a line, by their names.
	"points": func(_ Field, v string, x Facts) (string, string) {
		list := lines(v)
		for i, l := range list {
			if !x.Reader.Has(l) {
				return "", "baris " + strconv.Itoa(i+1) + " bukan butir spesifikasi yang berlaku."
			}
		}
		return strings.Join(list, "\n"), ""
	},
	// serials: readers of the agency, one a line.
	"serials": func(_ Field, v string, x Facts) (string, string) {
		list := lines(v)
		for i, l := range list {
			if _, ok := x.reader(l); !ok {
				return "", "baris " + strconv.Itoa(i+1) + " bukan perangkat instansi ini."
			}
		}
		return strings.Join(list, "\n"), ""
	},
}

var (
	codeForm   = regexp.MustCompile(`^[a-z][a-z0-9]{2,29}$`)
	columnForm = regexp.MustCompile(`^[A-Z][A-Z0-9_]{0,39}$`)
	loginForm  = regexp.MustCompile(`^[a-z][a-z0-9.-]{2,59}$`)
)

func limit(v string, most int) (string, string) {
	if len([]rune(v)) > most {
		return "", "terlalu panjang."
	}
	return v, ""
}

// clean removes control characters and blanks around.
func clean(v string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, v))
}

func cleanLines(v string) string {
	all := strings.Split(strings.ReplaceAll(v, "\r\n", "\n"), "\n")
	for i, l := range all {
		all[i] = clean(l)
	}
	return strings.TrimSpace(strings.Join(all, "\n"))
}

// lines are the lines of a list without empty ones and doubles.
func lines(v string) []string {
	var out []string
	for l := range strings.SplitSeq(cleanLines(v), "\n") {
		if l != "" && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

func parseNetwork(s string) (netip.Prefix, error) {
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		return p.Masked(), err
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, err
	}
	return netip.PrefixFrom(a, a.BitLen()), nil
}
