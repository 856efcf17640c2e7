package evaluation

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"gapura/internal/setting"
	"gapura/internal/told"
)

// Rules are weights, thresholds and texts: a TOML text that an office changes without a release (I6).
type Rules struct {
	Parts []struct {
		Key    string `toml:"kunci"`
		Name   string `toml:"nama"`
		Weight int    `toml:"bobot"`
		Clause string `toml:"dasar"`
		Advice []struct {
			Below int    `toml:"di_bawah"`
			Text  string `toml:"teks"`
		} `toml:"saran"`
	} `toml:"bagian"`
	Unknown struct {
		Good float64 `toml:"baik"`  // up to this share nothing is lost
		Bad  float64 `toml:"buruk"` // from this share on all is
	} `toml:"ketepatan_nik"`
	Abuse struct {
		Warned       int `toml:"peringatan"`
		Slowed       int `toml:"perlambatan"`
		Stop         int `toml:"penghentian"`
		Incident     int `toml:"insiden"`
		LateIncident int `toml:"insiden_terlambat"`
	} `toml:"pengurang"` // points that each takes
	Late struct {
		Balikan float64 `toml:"data_balikan"` // what late data balikan is worth
		Report  int     `toml:"laporan"`      // score of a late report
	} `toml:"keterlambatan"`
	Grades []Grade `toml:"peringkat"` // the highest first
}

// A Grade begins at a score.
type Grade struct {
	From    int    `toml:"mulai"`
	Letter  string `toml:"huruf"`
	Name    string `toml:"nama"`
	Suggest string `toml:"saran"` // label of the decision that it suggests, in small letters
}

// decision is what the grade suggests; empty: there is no such decision.
func (g Grade) decision() Decision {
	for _, d := range Decisions {
		if strings.ToLower(d.Label) == g.Suggest {
			return d.Key
		}
	}
	return ""
}

// parts are the keys of what can be judged.
var parts = []string{"balikan", "tidak-dikenal", "penyalahgunaan", "kewajiban", "laporan"}

// DefaultText is the text that comes with the program.
//
//go:embed bobot-evaluasi.toml
var DefaultText string

// DefaultRules are those of DefaultText.
var DefaultRules = func() Rules {
	r, err := Load(DefaultText)
	if err != nil {
		panic("bobot-evaluasi.toml: " + err.Error()) // a defect of the build
	}
	return r
}()

// Load reads rules and says, in Indonesian, what is wrong with them.
func Load(text string) (Rules, error) {
	var r Rules
	meta, err := setting.Decode(text, &r)
	if err != nil {
		return r, err
	}
	for _, section := range []string{"ketepatan_nik", "pengurang", "keterlambatan"} {
		if !meta.IsDefined(section) {
			return r, told.Wrong("teks", "Bagian ["+section+"] tidak ada.")
		}
	}
	if wrong := r.wrong(); wrong != "" {
		return r, told.Wrong("teks", wrong)
	}
	return r, nil
}

// wrong is what is wrong with the rules; empty: nothing.
func (r Rules) wrong() string {
	sum := 0
	var seen []string
	for _, p := range r.Parts {
		sum += p.Weight
		switch {
		case !slices.Contains(parts, p.Key):
			return fmt.Sprintf("Bagian “%s” tidak dikenal; yang dikenal: %s.", p.Key, strings.Join(parts, ", "))
		case slices.Contains(seen, p.Key):
			return fmt.Sprintf("Bagian “%s” ditulis dua kali.", p.Key)
		case strings.TrimSpace(p.Name) == "":
			return fmt.Sprintf("Bagian “%s” belum mempunyai nama.", p.Key)
		case p.Weight < 0 || p.Weight > 100:
			return fmt.Sprintf("Bobot “%s” harus 0 sampai 100.", p.Key)
		}
		below := 0
		for _, a := range p.Advice {
			if a.Below <= below || a.Below > 100 || strings.TrimSpace(a.Text) == "" {
				return fmt.Sprintf("Saran bagian “%s” harus berurut naik menurut di_bawah, 1 sampai 100, dan mempunyai teks.", p.Key)
			}
			below = a.Below
		}
		seen = append(seen, p.Key)
	}
	if sum != 100 {
		return fmt.Sprintf("Jumlah bobot adalah %d; harus 100.", sum)
	}
	if r.Unknown.Good < 0 || r.Unknown.Good >= r.Unknown.Bad || r.Unknown.Bad > 1 {
		return "Pada [ketepatan_nik], baik harus lebih kecil daripada buruk, dan keduanya 0 sampai 1."
	}
	for _, points := range []int{r.Abuse.Warned, r.Abuse.Slowed, r.Abuse.Stop, r.Abuse.Incident, r.Abuse.LateIncident} {
		if points < 0 || points > 100 {
			return "Angka pada [pengurang] harus 0 sampai 100."
		}
	}
	if r.Late.Balikan < 0 || r.Late.Balikan > 1 || r.Late.Report < 0 || r.Late.Report > 100 {
		return "Pada [keterlambatan], data_balikan harus 0 sampai 1 dan laporan 0 sampai 100."
	}
	return r.wrongGrades()
}

func (r Rules) wrongGrades() string {
	last := 101
	for _, g := range r.Grades {
		switch {
		case g.From >= last:
			return "Peringkat harus berurut dari nilai yang tertinggi."
		case strings.TrimSpace(g.Letter) == "" || strings.TrimSpace(g.Name) == "":
			return fmt.Sprintf("Peringkat mulai %d harus mempunyai huruf dan nama.", g.From)
		case g.decision() == "":
			return fmt.Sprintf("Saran peringkat %s harus dilanjutkan, diperingatkan, dibatasi, atau diakhiri.", g.Letter)
		}
		last = g.From
	}
	if last != 0 {
		return "Peringkat yang terakhir harus mulai dari 0, agar setiap nilai mempunyai peringkat."
	}
	return ""
}
