package procedure

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/internal/told"
	"gapura/person/nik"
)

// A builder makes effects from what a case has collected; needs names the fields, with their kinds, that must have been asked for; several
// kinds are separated by "|".
type builder struct {
	needs map[string]string
	may   map[string]string // fields that it takes as well where they are asked for
	terms bool              // also the fields of the terms of an agreement
	each  bool              // it is made of every person of a case that lists several
	user  bool              // it makes or changes a user id, or opens it
	opens bool              // it opens or widens a right otherwise; all others restrict, or change no right
	build func(c *Case, x Facts) ([]Effect, error)
}

var (
	errNoAgreement = told.Refuse("Instansi ini belum mempunyai perjanjian yang ditandatangani.")
	errNoHead      = told.Refuse("Instansi ini belum mempunyai penanggung jawab.")
)

// withheld is how long uses are withheld when the order does not say so, in days.
const withheld = 90

// effects are all verbs that a step can name.
var effects = map[string]builder{
	"create-institution": {
		opens: true,
		needs: map[string]string{"kode": "code", "nama_instansi": "text", "zona": "zone", "alamat_instansi": "text",
			"surel_instansi": "email",
			"kepala":         "text", "kepala_jabatan": "text", "kepala_sejak": "date"},
		build: func(c *Case, x Facts) ([]Effect, error) {
			if slices.Contains(x.InUse.Codes, c.Value("kode")) {
				return nil, told.Refuse("Kode instansi sudah dipakai.")
			}
			since, err := c.days("kepala_sejak")
			if err != nil {
				return nil, err
			}
			return []Effect{CreateInstitution{party.Institution{
				Code: c.Value("kode"), Name: c.Value("nama_instansi"), Zone: party.Zone(c.Value("zona")),
				Address: c.Value("alamat_instansi"),
				Email:   c.Value("surel_instansi"), Heads: party.Heads{{Name: c.Value("kepala"), Position: c.Value("kepala_jabatan"),
					Since: since[0]}},
			}}}, nil
		},
	},
	"rename-institution": {
		opens: true,
		needs: map[string]string{"nama_instansi": "text", "alamat_instansi": "text", "surel_instansi": "email",
			"tenggat_pembaruan": "date"},
		may: map[string]string{"nama_sejak": "date"},
		build: func(c *Case, x Facts) ([]Effect, error) {
			n := x.Institution
			n.Name = c.Value("nama_instansi")
			n.Address = cmp.Or(c.Value("alamat_instansi"), n.Address)
			n.Email = cmp.Or(c.Value("surel_instansi"), n.Email)
			by, err := c.days("tenggat_pembaruan", "nama_sejak")
			if err != nil {
				return nil, err
			}
			list := []Effect{RenameInstitution{Old: x.Institution, New: n, On: orToday(by[1], x)}}
			if x.Agreement != nil && x.Grant.State.Works() && !by[0].IsZero() {
				renew := Decide{Agreement: *x.Agreement, Decision: agreement.Decision{Kind: agreement.Renew, Reason: c.Reason(),
					Letter: c.Letter()}}
				list = append(list, renew.after(by[0], x))
			}
			return list, nil
		},
	},
	"set-contacts": {
		needs: map[string]string{"narahubung_dinas": "long", "narahubung_instansi": "long"},
		may:   map[string]string{"narahubung_sejak": "date"},
		build: func(c *Case, x Facts) ([]Effect, error) { return c.contacts(x, "narahubung_sejak") },
	},
	"set-network": {
		needs: map[string]string{"penyedia": "text", "bandwidth": "text", "tanggal_tersambung": "date"},
		build: func(c *Case, x Facts) ([]Effect, error) {
			return c.connection(x, "tanggal_tersambung", party.Connection{Provider: c.Value("penyedia"), Bandwidth: c.Value("bandwidth")})
		},
	},
	"change-bandwidth": {
		needs: map[string]string{"bandwidth_baru": "text", "tanggal_perubahan": "date"},
		build: func(c *Case, x Facts) ([]Effect, error) {
			return c.connection(x, "tanggal_perubahan", party.Connection{Provider: x.Connection.Provider,
				Bandwidth: c.Value("bandwidth_baru")})
		},
	},
	"sign-agreement": {
		opens: true,
		needs: map[string]string{"nomor_dinas": "text", "nomor_instansi": "text", "tentang": "text", "ditandatangani": "date",
			"berlaku_sampai":   "date",
			"narahubung_dinas": "long", "narahubung_instansi": "long"},
		may:   map[string]string{"sptjm_ditandatangani": "date"},
		terms: true, build: signAgreement,
	},
	"add-addendum": {
		opens: true,
		needs: map[string]string{"ditandatangani": "date", "mulai": "date"},
		terms: true, build: addAddendum,
	},
	"extend": {
		opens: true,
		needs: map[string]string{"ditandatangani": "date", "berlaku_sampai": "date", "mulai": "date"},
		build: addAddendum,
	},
	"register-application": {
		opens: true,
		needs: map[string]string{"nama_aplikasi": "text", "jenis_aplikasi": "choice", "metode_aplikasi": "methods",
			"penanggung_jawab": "text"},
		may:   map[string]string{"hak_data": "choice", "tujuan_aplikasi": "granted-purposes"},
		build: registerApplication,
	},
	"end-application": {needs: map[string]string{"aplikasi": "application"}, build: ofApp(endApplication)},
	"schedule-poc": {
		opens: true,
		needs: map[string]string{"aplikasi": "application", "poc_mulai": "date", "poc_sampai": "date", "tempat_poc": "text"},
		build: ofApp(schedulePoC),
	},
	"poc-passed": {opens: true, needs: pocFields, build: ofApp(pocResult(true))},
	"poc-failed": {needs: pocFields, build: ofApp(pocResult(false))},
	"decide-evaluation": {
		needs: map[string]string{"evaluasi": "number", "semester": "text", "nilai": "text", "putusan": "choice"},
		build: func(c *Case, x Facts) ([]Effect, error) {
			id, err := strconv.ParseInt(c.Value("evaluasi"), 10, 64)
			if err != nil || x.Agreement == nil {
				return nil, errNoAgreement
			}
			return []Effect{DecideEvaluation{x.Institution.ID, x.Agreement.ID, id, c.Value("semester"), c.Value("nilai"),
				c.label("putusan"), c.Taken[0].By}}, nil
		},
	},
	"delegate-signature": {
		needs: map[string]string{"penanda_tangan": "text", "penanda_tangan_jabatan": "text", "penanda_tangan_nip": "text",
			"sebagai":      "choice",
			"mandat_mulai": "date", "mandat_sampai": "date"},
		opens: true, build: delegateSignature,
	},
	"end-delegation": {needs: map[string]string{"kembali_mulai": "date"}, build: endDelegation},
	"change-setting": {
		needs: map[string]string{"pengaturan": "choice", "perihal": "text", "sebelum": "long", "sesudah": "long", "nilai": "setting"},
		may:   map[string]string{"naskah": "script"}, opens: true, build: changeSetting,
	},
	"suspend":   {build: decision(agreement.Suspend)},
	"reinstate": {opens: true, build: decision(agreement.Reinstate)},
	"terminate": {may: map[string]string{"berlaku_terakhir": "date"}, build: decision(agreement.Terminate)},
	"create-user": {
		needs: map[string]string{"user_id": "login", "nama": "text", "jabatan": "text", "peran": "choice", "metode_pengguna": "methods",
			"surel": "email"},
		may: map[string]string{"nik": "nik", "nip": "text", "hak_data": "choice", "tujuan_pengguna": "granted-purposes",
			"masa_berlaku": "number"},
		user: true, each: true, build: ofEach(createUser),
	},
	"name-admin": {
		needs: map[string]string{"user_id": "login", "nik": "nik", "nip": "text", "nama": "text", "jabatan": "text", "surel": "email",
			"menggantikan": "user"},
		user: true, build: nameAdmin,
	},
	"create-staff": {
		needs: map[string]string{"user_id": "login", "nik": "nik", "nip": "text", "nama": "text", "jabatan": "text", "peran": "choice",
			"surel": "email"},
		user: true, build: createUser,
	},
	"change-user": {
		needs: map[string]string{"pengguna": "user", "metode_pengguna": "methods", "hak_data": "choice",
			"tujuan_pengguna": "granted-purposes"},
		user: true, each: true, build: ofEach(ofUser("pengguna", changeUser)),
	},
	"change-role": {needs: map[string]string{"pengguna": "user", "peran": "choice"}, user: true, build: ofUser("pengguna", changeRole)},
	"issue-link": {
		needs: map[string]string{"user_id": "login"}, user: true,
		build: ofUser("user_id", func(_ *Case, _ Facts, u party.User) ([]Effect, error) { return []Effect{IssueLink{User: u}}, nil }),
	},
	"hand-over": {
		needs: map[string]string{"user_id": "login"}, user: true,
		may:  map[string]string{"masa_berlaku": "number", "nda_ditandatangani": "date", "nda_formulir": "text"},
		each: true, build: ofEach(ofUser("user_id", handOver)),
	},
	"renew-link": {
		needs: map[string]string{"pengguna": "user|former-user"}, user: true, // one that was restored by the case, too
		build: ofUser("pengguna", func(c *Case, _ Facts, u party.User) ([]Effect, error) { return []Effect{IssueLink{User: u}}, nil }),
	},
	"prepare-token": {needs: tokenFields, user: true, build: ofUser("pengguna", prepareTokens)},
	"issue-token":   {needs: tokenFields, user: true, build: ofUser("pengguna", issueToken)},
	"revoke-token": {
		needs: map[string]string{"sidik": "token", "alasan": "text"},
		build: func(c *Case, x Facts) ([]Effect, error) {
			t, ok := x.token(c.Value("sidik"))
			if !ok {
				return nil, told.Refuse("Token ini sudah tidak berlaku.")
			}
			return []Effect{RevokeToken{t}}, nil
		},
	},
	"reset-user": {
		needs: map[string]string{"pengguna": "user"},
		build: ofUser("pengguna", func(_ *Case, _ Facts, u party.User) ([]Effect, error) { return []Effect{ResetUser{u}}, nil }),
	},
	"deactivate-user": {
		needs: map[string]string{"pengguna": "user"},
		build: ofUser("pengguna", deactivate),
	},
	"restore-user": {
		needs: map[string]string{"pengguna": "former-user"}, user: true,
		build: func(c *Case, x Facts) ([]Effect, error) {
			u, ok := x.gone(c.Value("pengguna"))
			if !ok {
				return nil, told.Refuse("User ID ini tidak sedang nonaktif.")
			}
			over := x.Agreement != nil && u.NDASigned.Before(x.Agreement.SignedOn) && !u.Role.OfProvider()
			return []Effect{Restore{u, over}}, nil
		},
	},
	"reinstate-user": {
		opens: true,
		needs: map[string]string{"pengguna": "user", "hasil": "choice"},
		build: ofUser("pengguna", func(c *Case, _ Facts, u party.User) ([]Effect, error) {
			if u.Stopped.IsZero() {
				return nil, told.Refuse("Pencarian pengguna ini tidak sedang dihentikan.")
			}
			return []Effect{ReinstateUser{u, c.Value("hasil") == "keliru"}}, nil
		}),
	},
	"sign-nda": {
		opens: true,
		needs: map[string]string{"pengguna": "user", "ditandatangani": "date", "formulir": "text"},
		build: ofUser("pengguna", func(c *Case, _ Facts, u party.User) ([]Effect, error) {
			on, err := c.days("ditandatangani")
			if err != nil {
				return nil, err
			}
			return []Effect{SignNDA{u, on[0], c.Value("formulir")}}, nil
		}),
	},
	"sign-sptjm": {
		opens: true,
		needs: map[string]string{"ditandatangani": "date", "berlaku_sampai": "date"},
		build: signSPTJM,
	},
	"change-head": {
		opens: true,
		needs: map[string]string{"kepala": "text", "kepala_jabatan": "text", "kepala_sejak": "date"},
		may:   map[string]string{"kepala_status": "choice", "kepala_hingga": "date"},
		build: changeHead,
	},
	"ask-extension":      {build: extension(agreement.ExtensionAsked)},
	"grant-extension":    {opens: true, may: map[string]string{"akses_sampai": "date"}, build: extension(agreement.ExtensionGranted)},
	"refuse-extension":   {build: extension(agreement.ExtensionRefused)},
	"withdraw-extension": {build: extension(agreement.ExtensionWithdrawn)},
	"register-readers": {
		needs: map[string]string{"perangkat": "readers", "butir_dipenuhi": "points"}, may: map[string]string{"pengecualian": "long"},
		build: registerReaders,
	},
	"personalise-readers": {needs: map[string]string{"perangkat": "readers"}, build: moveReaders("perangkat", "", reader.Personalised)},
	"activate-readers": {
		opens: true,
		needs: map[string]string{"perangkat": "readers"}, may: map[string]string{"aktif_mulai": "date"},
		build: moveReaders("perangkat", "aktif_mulai", reader.Active),
	},
	"deactivate-readers": {
		needs: map[string]string{"nomor_seri": "serials"}, may: map[string]string{"nonaktif_sejak": "date"},
		build: moveReaders("nomor_seri", "nonaktif_sejak", reader.Deactivated),
	},
	"withhold-uses": {
		opens: true,
		needs: map[string]string{"nomor_perintah": "text", "pemberi_perintah": "text", "nik": "nik", "mulai": "date", "sampai": "date"},
		may:   map[string]string{"ditahan_sampai": "date"},
		build: func(c *Case, x Facts) ([]Effect, error) {
			n, err := nik.Parse(c.Value("nik"))
			if err != nil {
				return nil, err
			}
			days, err := c.days("mulai", "sampai", "ditahan_sampai")
			if err != nil {
				return nil, err
			}
			e := WithholdUses{
				Institution: x.Institution, NIK: n, From: days[0], To: days[1],
				Until: days[2], Order: c.Value("nomor_perintah"), Authority: c.Value("pemberi_perintah"),
			}
			if e.Until.IsZero() {
				e.Until = x.Today.AddDate(0, 0, withheld)
			}
			switch {
			case e.To.Before(e.From):
				return nil, told.Refuse("Tanggal akhir penggunaan harus sama dengan atau setelah tanggal mulainya.")
			case e.Until.Before(x.Today):
				return nil, told.Refuse("Tanggal akhir penahanan sudah lewat.")
			}
			return []Effect{e}, nil
		},
	},
	"protect-person": {
		opens: true, // it refuses what was granted, so two decide as for a right
		needs: map[string]string{"nomor_perintah": "text", "pemberi_perintah": "text", "nik": "nik", "pengawas": "user"},
		may:   map[string]string{"dilindungi_sampai": "date"},
		build: ofUser("pengawas", func(c *Case, x Facts, watcher party.User) ([]Effect, error) {
			n, err := nik.Parse(c.Value("nik"))
			if err != nil {
				return nil, err
			}
			days, err := c.days("dilindungi_sampai")
			if err != nil {
				return nil, err
			}
			if !days[0].IsZero() && days[0].Before(x.Today) {
				return nil, told.Refuse("Tanggal akhir perlindungan sudah lewat.")
			}
			return []Effect{ProtectPerson{n, watcher, days[0], c.Value("nomor_perintah"), c.Value("pemberi_perintah")}}, nil
		}),
	},
	"end-protection": {
		opens: true,
		needs: map[string]string{"nomor_perintah": "text", "nik": "nik"},
		build: func(c *Case, _ Facts) ([]Effect, error) {
			n, err := nik.Parse(c.Value("nik"))
			return []Effect{EndProtection{n, c.Value("nomor_perintah")}}, err
		},
	},
	"settle-objection": {
		needs: map[string]string{"catatan": "record", "tindak_lanjut": "choice", "uraian": "long"}, build: settleObjection,
	},
	"return-readers": {
		needs: map[string]string{"nomor_seri": "serials"}, may: map[string]string{"diterima": "date"},
		build: moveReaders("nomor_seri", "diterima", reader.Returned),
	},
}

// Proposed is the agreement that the case prepares, as far as it is settled: numbers and day of signing may still be missing.
func (c *Case) Proposed(x Facts) (agreement.Agreement, error) {
	days, err := c.days("ditandatangani", "berlaku_sampai")
	if err != nil {
		return agreement.Agreement{}, err
	}
	if c.Value("berlaku_sampai") != "" && !days[1].After(days[0]) {
		return agreement.Agreement{}, told.Refuse("Tanggal berakhir harus setelah tanggal penandatanganan.")
	}
	proposed, err := agreement.Propose(c.Value)
	if err != nil {
		return agreement.Agreement{}, err
	}
	terms, err := proposed.Settle()
	return agreement.Agreement{Agency: x.Institution.ID, ProviderNumber: c.Value("nomor_dinas"), AgencyNumber: c.Value("nomor_instansi"),
		Subject: c.Value("tentang"), SignedOn: days[0], EndsOn: days[1], Terms: terms}, err
}

// after has the decision hold from the day after the last one in force; a zero day leaves it as it is.
func (e Decide) after(last time.Time, x Facts) Decide {
	if !last.IsZero() {
		e.LastDay, e.Decision.From = last, x.Institution.Zone.Begin(last.AddDate(0, 0, 1))
	}
	return e
}

func decision(kind string) func(*Case, Facts) ([]Effect, error) {
	return func(c *Case, x Facts) ([]Effect, error) {
		if x.Agreement == nil {
			return nil, errNoAgreement
		}
		if kind == agreement.Reinstate && x.Grant.State != agreement.Suspended {
			return nil, told.Refuse("Perjanjian instansi ini tidak sedang ditangguhkan.")
		}
		e := Decide{Agreement: *x.Agreement, Decision: agreement.Decision{Kind: kind, From: x.Now, Reason: c.Reason(), Letter: c.Letter()}}
		last, err := c.days("berlaku_terakhir")
		if err != nil {
			return nil, err
		}
		return []Effect{e.after(last[0], x)}, nil
	}
}

// label is a choice's value in words.
func (c *Case) label(key string) string {
	for _, s := range c.Procedure.Steps {
		for _, f := range s.Fields {
			for _, o := range f.Options {
				if f.Key == key && o.Value == c.Value(key) {
					return o.Label
				}
			}
		}
	}
	return c.Value(key)
}
