package value

import (
	"strings"
)

// A list is one of SIAK's, numbered from 1, with other ways to write its words.
type list struct {
	words []string
	same  map[string]string   // each known form → that of its word
	core  func(string) string // of a form, under which same may know it; nil: there is none
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

// read is a text's word of the list as form gives it, in one spelling; any other text is its own form.
func (l list) read(text string) string {
	if s, ok := spoken(text, l.known); ok {
		return s
	}
	return form(whole(text))
}

// known reads a number or a word of the list, or another way to write it.
func (l list) known(s string) (string, bool) {
	if s == "" {
		return "", false
	}
	if digit(s[0]) {
		s = form(l.word(strings.TrimLeft(s, "0"), s))
	}
	if same, ok := l.same[s]; ok {
		return same, true
	}
	if l.core != nil {
		if same, ok := l.same[l.core(s)]; ok {
			return same, true
		}
	}
	return s, false
}

var bloods = list{words: []string{"A", "B", "AB", "O", "A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-", "TIDAK TAHU"}}

// ofBlood takes off what stands around a blood group, and writes its rhesus as a sign.
var ofBlood = strings.NewReplacer("GOLONGANDARAH", "", "GOLDARAH", "", "GOLONGAN", "", "GOL", "", "RHESUS", "", "RH", "", "POSITIF", "+",
	"NEGATIF", "-", "(", "", ")", "", ".", "", ":", "")

func blood(text string) (string, error) {
	s := ofBlood.Replace(strings.Join(strings.Fields(plain(whole(text))), ""))
	switch s = bloods.word(strings.TrimLeft(s, "0"), s); s {
	case "A", "B", "AB", "O", "A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-":
		return s, nil
	case "TIDAK TAHU", "TIDAKTAHU", "TDKTAHU", "TIDAKDIKETAHUI":
		return "", nil
	}
	return "", ErrBlood
}

// rhesus reports whether b is the group a with a rhesus of which a says nothing. Who claims the group alone is right about what is
// registered with its rhesus; of a claimed rhesus that is not registered nothing can be said, least of all that it matches.
func rhesus(a, b string) bool { return a+"+" == b || a+"-" == b }

// newList makes a list with other ways to write its words: those of a line are as its key.
func newList(words []string, lines map[string]string, core func(string) string) list {
	l := list{words: words, same: map[string]string{}, core: core}
	for _, w := range words {
		l.same[form(w)] = form(w)
	}
	for word, others := range lines {
		l.same[word] = word
		for other := range strings.FieldsSeq(others) {
			l.same[other] = word
		}
	}
	return l
}

var religions = newList(
	[]string{"ISLAM", "KRISTEN", "KATHOLIK", "HINDU", "BUDHA", "KHONGHUCU", "KEPERCAYAAN TERHADAP TUHAN YME"},
	map[string]string{
		"KATHOLIK": "KATOLIK KHATOLIK KRISTENKATOLIK KRISTENKATHOLIK", "BUDHA": "BUDDHA", "HINDU": "HINDHU",
		"KHONGHUCU": "KONGHUCU KONGHUCHU KHONGHUCHU", "KRISTEN": "KRISTENPROTESTAN PROTESTAN",
		"KEPERCAYAANTERHADAPTUHANYME": `KEPERCAYAANTERHADAPTUHANYANGMAHAESA PENGHAYATKEPERCAYAANTERHADAPTUHANYME
			PENGHAYATKEPERCAYAANTERHADAPTUHANYANGMAHAESA PENGHAYATKEPERCAYAAN PENGHAYAT ALIRANKEPERCAYAAN KEPERCAYAAN
			KEPERCAYAANKEPADATUHANYME
			KEPERCAYAANKEPADATUHANYANGMAHAESA`,
	},
	nil,
)

var educations = newList(
	[]string{"TIDAK/BELUM SEKOLAH", "BELUM TAMAT SD/SEDERAJAT", "TAMAT SD/SEDERAJAT", "SLTP/SEDERAJAT", "SLTA/SEDERAJAT",
		"DIPLOMA I/II",
		"AKADEMI/DIPLOMA III/S. MUDA", "DIPLOMA IV/STRATA I", "STRATA II", "STRATA III"},
	map[string]string{
		"TIDAKBELUMSEKOLAH":     "TIDAKSEKOLAH BELUMSEKOLAH BELUMTIDAKSEKOLAH TIDAKPERNAHSEKOLAH",
		"BELUMTAMATSDSEDERAJAT": "BELUMTAMATSD TIDAKTAMATSD TIDAKBELUMTAMATSD BELUMTIDAKTAMATSD", "TAMATSDSEDERAJAT": "SD SR MI SDMI",
		"SLTPSEDERAJAT": "SLTP SMP MTS SMPMTS SLTPSMP", "SLTASEDERAJAT": `SLTA SMA SMK SMU STM SMEA
			MA SMASMK SMAMA SMASMKMA SMAMASMK SLTASMA MADRASAHALIYAH`,
		"DIPLOMA12": "D1 D2 DI DII D1D2 DIDII DIPLOMA1 DIPLOMA2 DIPLOMAI DIPLOMAII DIPLOMAIDIPLOMAII",
		"AKADEMIDIPLOMAIIISMUDA": `D3 DIII DIPLOMA3 DIPLOMAIII AKADEMI AKADEMID3 AKADEMIDIPLOMAIII SARJANAMUDA SMUDA
			AKADEMIDIPLOMAIIISARJANAMUDA`,
		"DIPLOMAIVSTRATAI": "S1 SI D4 DIV D4S1 DIVS1 S1D4 DIPLOMA4 DIPLOMAIV STRATA1 STRATAI SARJANA DIPLOMA4STRATA1",
		"STRATAII":         "S2 SII STRATA2 MAGISTER", "STRATAIII": "S3 SIII STRATA3 DOKTOR",
	},
	func(s string) string { return strings.TrimPrefix(strings.TrimSuffix(s, "SEDERAJAT"), "TAMAT") },
)

var relations = newList([]string{"KEPALA KELUARGA", "SUAMI", "ISTRI", "ANAK", "MENANTU", "CUCU", "ORANG TUA", "MERTUA", "FAMILI LAIN",
	"PEMBANTU", "LAINNYA"}, map[string]string{"ISTRI": "ISTERI", "ORANGTUA": "ORANGTUAKANDUNG",
	"KEPALAKELUARGA": "KEPKELUARGA",
	"ANAK":           "ANAKKANDUNG", "FAMILILAIN": "FAMILI FAMILILAINNYA", "LAINNYA": "LAINLAIN"}, nil)

// occupations are SIAK's JENIS_PKRJN 1 to 89, as the family card form lists them.
var occupations = newList(
	[]string{
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
	map[string]string{
		"PEGAWAINEGERISIPIL": "PNS PEGAWAINEGERISIPILPNS PEGAWAINEGERI", "APARATURSIPILNEGARA": "ASN APARATURSIPILNEGARAASN",
		"TENTARANASIONALINDONESIA": "TNI TENTARANASIONALINDONESIATNI ANGGOTATNI",
		"KEPOLISIANRI":             `POLRI KEPOLISIANRIPOLRI KEPOLISIANREPUBLIKINDONESIA KEPOLISIANREPUBLIKINDONESIAPOLRI ANGGOTAPOLRI POLISI`,
		"BELUMTIDAKBEKERJA":        "BELUMBEKERJA TIDAKBEKERJA TIDAKBELUMBEKERJA", "PENTERJEMAH": "PENERJEMAH",
		"ANGGOTADPRDKABUPATENKOTA": "ANGGOTADPRDKABKOTA", "ANGGOTADPRDPROVINSI": "ANGGOTADPRDPROP ANGGOTADPRDPROV ANGGOTADPRDPROPINSI",
		"USTADZMUBALIGH": "USTAZMUBALIG USTAZMUBALIGH USTADZMUBALIG USTADZ USTAZ MUBALIGH MUBALIG", "SOPIR": "SUPIR",
		"MENGURUSRUMAHTANGGA": "IRT IBURUMAHTANGGA MRT", "PEMBANTURUMAHTANGGA": "PRT", "IMAMMASJID": "IMAMMESJID",
		"KARYAWANBUMN": "KARYAWANBADANUSAHAMILIKNEGARA PEGAWAIBUMN", "KARYAWANBUMD": "KARYAWANBADANUSAHAMILIKDAERAH PEGAWAIBUMD",
		"KARYAWANSWASTA": "PEGAWAISWASTA", "PETANIPEKEBUN": "PETANI PEKEBUN TANI", "NELAYANPERIKANAN": "NELAYAN",
		"PELAJARMAHASISWA": "PELAJAR MAHASISWA MAHASISWI", "BURUHTANIPERKEBUNAN": "BURUHTANI BURUHPERKEBUNAN",
		"BURUHNELAYANPERIKANAN": "BURUHNELAYAN", "BURUHHARIANLEPAS": "BHL", "TUKANGLASPANDAIBESI": "TUKANGLAS PANDAIBESI",
		"PSIKIATERPSIKOLOG": "PSIKIATER PSIKOLOG", "BIARAWANBIARAWATI": "BIARAWAN BIARAWATI",
	},
	nil,
)
