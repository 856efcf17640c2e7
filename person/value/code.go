package value

import "strings"

// sex reads SIAK's number, a letter or a word.
func sex(text string) (string, error) {
	switch strings.TrimLeft(squeeze(whole(text)), "0") {
	case "1", "L", "LK", "LAKILAKI", "LLAKILAKI", "PRIA", "M", "MALE":
		return "1", nil
	case "2", "P", "PR", "PEREMPUAN", "PPEREMPUAN", "WANITA", "F", "FEMALE":
		return "2", nil
	}
	return "", ErrSex
}

// The forms of a marital status. Whether a marriage or a divorce was registered makes no difference to a verdict.
const (
	Unmarried = "BELUM KAWIN"
	Married   = "KAWIN"
	Divorced  = "CERAI HIDUP"
	Widowed   = "CERAI MATI"
)

// maritals are SIAK's numbers and the words in use, squeezed.
var maritals = map[string]string{
	"1": Unmarried, "01": Unmarried, "BELUMKAWIN": Unmarried, "BLMKAWIN": Unmarried, "TIDAKKAWIN": Unmarried, "BELUMMENIKAH": Unmarried,
	"BELUMNIKAH": Unmarried, "BELUMPERNAHKAWIN": Unmarried, "BELUMPERNAHMENIKAH": Unmarried, "LAJANG": Unmarried,
	"SUDAHKAWIN": Married, "SUDAHMENIKAH": Married, "SUDAHNIKAH": Married,
	"2": Married, "02": Married, "KAWIN": Married, "MENIKAH": Married, "NIKAH": Married,
	"3": Divorced, "03": Divorced, "CERAIHIDUP": Divorced,
	"4": Widowed, "04": Widowed, "CERAIMATI": Widowed,
}

func marital(text string) (string, error) {
	s := squeeze(whole(text))
	for _, registered := range []string{"BELUMTERCATAT", "TIDAKTERCATAT", "TERCATAT"} {
		if rest, ok := strings.CutSuffix(s, registered); ok {
			s = rest
			break
		}
	}
	if m, ok := maritals[s]; ok {
		return m, nil
	}
	return "", ErrMarital
}

// Maritals are what a list offers: all that a KTP-el or a family card may say.
func Maritals() []string {
	return []string{Unmarried, Married, "KAWIN TERCATAT", "KAWIN BELUM TERCATAT", Divorced, "CERAI HIDUP TERCATAT",
		"CERAI HIDUP BELUM TERCATAT", Widowed}
}

// Sexes are what a list offers.
func Sexes() []string { return []string{"LAKI-LAKI", "PEREMPUAN"} }

// Occupations are the ministry's list in its order.
func Occupations() []string { return occupations.words }

// Religions, Educations and Relations are SIAK's lists in their order.
func Religions() []string { return religions.words }

// Educations is SIAK's list.
func Educations() []string { return educations.words }

// Relations is SIAK's list.
func Relations() []string { return relations.words }

// Word turns SIAK's number of a marital status, an occupation, a religion, a blood group, an education or a relation into its word; any
// other text stays as it is.
func (k Kind) Word(text string) string {
	s := strings.TrimLeft(whole(text), "0")
	switch k {
	case Marital:
		if m, ok := maritals[s]; ok && len(s) == 1 {
			return m
		}
	case Occupation:
		return occupations.word(s, text)
	case Religion:
		return religions.word(s, text)
	case Education:
		return educations.word(s, text)
	case Relation:
		return relations.word(s, text)
	case Blood:
		return bloods.word(s, text)
	}
	return text
}

// A list is one of SIAK's, numbered from 1, with other ways to write its words.
type list struct {
	words []string
	same  map[string]string // squeezed → squeezed
}

func (l list) word(number, text string) string {
	n := 0
	for _, r := range number {
		if r < '0' || r > '9' || n > len(l.words) {
			return text
		}
		n = n*10 + int(r-'0')
	}
	if n < 1 || n > len(l.words) {
		return text
	}
	return l.words[n-1]
}

// coded is a number's word or the text itself, squeezed, in one spelling.
func coded(l list, text string) string {
	s := squeeze(whole(text))
	s = squeeze(l.word(strings.TrimLeft(s, "0"), s))
	if same, ok := l.same[s]; ok {
		return same
	}
	return s
}

var bloods = list{words: []string{"A", "B", "AB", "O", "A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-", "TIDAK TAHU"}}

func blood(text string) (string, error) {
	s := strings.Join(strings.Fields(plain(text)), "")
	switch s = bloods.word(strings.TrimLeft(s, "0"), s); s {
	case "A", "B", "AB", "O", "A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-":
		return s, nil
	case "TIDAK TAHU", "TIDAKTAHU":
		return "", nil
	}
	return "", ErrBlood
}

var religions = list{
	words: []string{"ISLAM", "KRISTEN", "KATHOLIK", "HINDU", "BUDHA", "KHONGHUCU", "KEPERCAYAAN TERHADAP TUHAN YME"},
	same: map[string]string{
		"KATOLIK": "KATHOLIK", "KRISTENKATOLIK": "KATHOLIK", "BUDDHA": "BUDHA", "KONGHUCU": "KHONGHUCU", "KONGHUCHU": "KHONGHUCU",
		"KRISTENPROTESTAN": "KRISTEN",
		"PROTESTAN":        "KRISTEN", "KEPERCAYAANTERHADAPTUHANYANGMAHAESA": "KEPERCAYAANTERHADAPTUHANYME",
	},
}

var educations = list{
	words: []string{"TIDAK/BELUM SEKOLAH", "BELUM TAMAT SD/SEDERAJAT", "TAMAT SD/SEDERAJAT", "SLTP/SEDERAJAT", "SLTA/SEDERAJAT",
		"DIPLOMA I/II",
		"AKADEMI/DIPLOMA III/S. MUDA", "DIPLOMA IV/STRATA I", "STRATA II", "STRATA III"},
	same: map[string]string{
		"SMP": "SLTPSEDERAJAT", "SLTP": "SLTPSEDERAJAT", "SMPSEDERAJAT": "SLTPSEDERAJAT", "SMA": "SLTASEDERAJAT", "SLTA": "SLTASEDERAJAT",
		"SMASEDERAJAT": "SLTASEDERAJAT",
		"SMK":          "SLTASEDERAJAT", "SD": "TAMATSDSEDERAJAT", "S1": "DIPLOMAIVSTRATAI", "STRATAI": "DIPLOMAIVSTRATAI",
		"S2": "STRATAII",
		"S3": "STRATAIII",
	},
}

var relations = list{words: []string{"KEPALA KELUARGA", "SUAMI", "ISTRI", "ANAK", "MENANTU", "CUCU", "ORANG TUA", "MERTUA", "FAMILI LAIN",
	"PEMBANTU", "LAINNYA"}, same: map[string]string{"ISTERI": "ISTRI", "ORANGTUAKANDUNG": "ORANGTUA"}}

// occupations are SIAK's JENIS_PKRJN 1 to 89, as the family card form lists them.
var occupations = list{
	words: []string{
		"BELUM/TIDAK BEKERJA", "MENGURUS RUMAH TANGGA", "PELAJAR/MAHASISWA", "PENSIUNAN", "PEGAWAI NEGERI SIPIL",
		"TENTARA NASIONAL INDONESIA",
		"KEPOLISIAN RI", "PERDAGANGAN", "PETANI/PEKEBUN", "PETERNAK", "NELAYAN/PERIKANAN", "INDUSTRI", "KONSTRUKSI", "TRANSPORTASI",
		"KARYAWAN SWASTA", "KARYAWAN BUMN", "KARYAWAN BUMD", "KARYAWAN HONORER", "BURUH HARIAN LEPAS", "BURUH TANI/PERKEBUNAN",
		"BURUH NELAYAN/PERIKANAN", "BURUH PETERNAKAN", "PEMBANTU RUMAH TANGGA", "TUKANG CUKUR", "TUKANG LISTRIK", "TUKANG BATU",
		"TUKANG KAYU",
		"TUKANG SOL SEPATU", "TUKANG LAS/PANDAI BESI", "TUKANG JAHIT", "TUKANG GIGI", "PENATA RIAS", "PENATA BUSANA", "PENATA RAMBUT",
		"MEKANIK", "SENIMAN", "TABIB", "PARAJI", "PERANCANG BUSANA", "PENTERJEMAH", "IMAM MASJID", "PENDETA", "PASTOR", "WARTAWAN",
		"USTADZ/MUBALIGH", "JURU MASAK", "PROMOTOR ACARA", "ANGGOTA DPR-RI", "ANGGOTA DPD", "ANGGOTA BPK", "PRESIDEN", "WAKIL PRESIDEN",
		"ANGGOTA MAHKAMAH KONSTITUSI", "ANGGOTA KABINET/KEMENTERIAN", "DUTA BESAR", "GUBERNUR", "WAKIL GUBERNUR", "BUPATI", "WAKIL BUPATI",
		"WALIKOTA", "WAKIL WALIKOTA", "ANGGOTA DPRD PROVINSI", "ANGGOTA DPRD KABUPATEN/KOTA", "DOSEN", "GURU", "PILOT", "PENGACARA",
		"NOTARIS",
		"ARSITEK", "AKUNTAN", "KONSULTAN", "DOKTER", "BIDAN", "PERAWAT", "APOTEKER", "PSIKIATER/PSIKOLOG", "PENYIAR TELEVISI",
		"PENYIAR RADIO",
		"PELAUT", "PENELITI", "SOPIR", "PIALANG", "PARANORMAL", "PEDAGANG", "PERANGKAT DESA", "KEPALA DESA", "BIARAWAN/BIARAWATI",
		"WIRASWASTA", "LAINNYA",
	},
	same: map[string]string{
		"PNS": "PEGAWAINEGERISIPIL", "PEGAWAINEGERISIPILPNS": "PEGAWAINEGERISIPIL",
		"TNI": "TENTARANASIONALINDONESIA", "TENTARANASIONALINDONESIATNI": "TENTARANASIONALINDONESIA",
		"POLRI": "KEPOLISIANRI", "KEPOLISIANRIPOLRI": "KEPOLISIANRI", "KEPOLISIANREPUBLIKINDONESIA": "KEPOLISIANRI",
		"KEPOLISIANREPUBLIKINDONESIAPOLRI": "KEPOLISIANRI", "BELUMBEKERJA": "BELUMTIDAKBEKERJA",
		"TIDAKBEKERJA": "BELUMTIDAKBEKERJA", "PENERJEMAH": "PENTERJEMAH", "ANGGOTADPRDKABKOTA": "ANGGOTADPRDKABUPATENKOTA",
		"ANGGOTADPRDPROP": "ANGGOTADPRDPROVINSI", "USTAZMUBALIG": "USTADZMUBALIGH", "USTAZMUBALIGH": "USTADZMUBALIGH",
		"USTADZMUBALIG": "USTADZMUBALIGH", "IRT": "MENGURUSRUMAHTANGGA", "IBURUMAHTANGGA": "MENGURUSRUMAHTANGGA", "SUPIR": "SOPIR",
		"ASN": "APARATURSIPILNEGARA", "APARATURSIPILNEGARAASN": "APARATURSIPILNEGARA", "PRT": "PEMBANTURUMAHTANGGA",
		"IMAMMESJID": "IMAMMASJID", "KARYAWANBADANUSAHAMILIKNEGARA": "KARYAWANBUMN",
		"KARYAWANBADANUSAHAMILIKDAERAH": "KARYAWANBUMD",
	},
}
