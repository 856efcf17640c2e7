package wire

// A Kind is a kind of client whose ways are known: a ready-made profile, chosen by its name.
type Kind struct {
	Name  string // of its choice in a form
	Label string
	About string // what such a client does
	made  Profile
	any   bool // it asks for data or verifies, in the dialect of its path
}

// hospital maps each notice to one of the five texts that the hospital information system compares by; on any other it shows a person
// without a name.
var hospital = map[string]string{
	"03": "Login Gagal", "04": "IP Address Tidak Sesuai", "05": "Kuota Akses Hari ini telah Habis", "07": notFound, "08": notFound,
	"09": "Login Gagal", "11": notFound, "12": notFound, "13": notFound, "14": notFound, "15": notFound, "16": "IP Client  Tidak terdaftar",
	"17": "Login Gagal", "99": notFound,
}

const notFound = "Data Tidak Ditemukan"

// Kinds are those that ship.
var Kinds = []Kind{
	{Name: "simrs", Label: "Sistem informasi rumah sakit", About: "mengenal lima teks pemberitahuan saja",
		made: Profile{Dialect: D1, Texts: hospital}},
	{Name: "simrs-query", Label: "Sistem informasi rumah sakit, kredensial pada alamat",
		About: "seperti di atas, dengan user ID dan kata sandi pada query", made: Profile{Dialect: D1, Texts: hospital, Query: true}},
	{Name: "hitung-kunci", Label: "Verifikasi yang menghitung kunci",
		About: "pemberitahuan dikenali dari satu kunci saja", made: Profile{Dialect: D1, Verify: true}},
	{Name: "huruf-kecil", Label: "Kunci huruf kecil", About: "membaca nama_lgkp, bukan NAMA_LGKP", made: Profile{Lower: true}, any: true},
	{Name: "semua-kunci", Label: "Semua kunci", About: "menuntut setiap kunci ada, juga yang tidak diberikan", made: Profile{Full: true},
		any: true},
}

// KindOf finds a kind by its name.
func KindOf(name string) (Kind, bool) {
	for _, k := range Kinds {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

// Profile is the ready-made profile for a path; agency and purpose are still to be chosen.
func (k Kind) Profile(path string) Profile {
	p, d := k.made, Default(path)
	p.Path = path
	if k.any {
		p.Verify, p.Dialect = d.Verify, d.Dialect
	}
	return p
}
