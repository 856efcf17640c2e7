package population

import "strings"

// A community is a way of naming: lists of which invented residents' names are put together. Names of well-known persons must not come out;
// TestGenerateNamesNobodyKnown holds some that were too near.
type community struct {
	share        float64 // of the families
	male, female naming
}

// A naming is lead (seldom or always, see often) + first + last.
type naming struct {
	often             float64 // how often a lead stands before
	lead, first, last []string
}

// communities are those of a regency in Central Java; the shares add up to 1.
var communities = []community{
	{0.62, naming{0.04, []string{"RADEN", "MUHAMMAD"}, strings.Fields(`AGUS BAMBANG SLAMET EKO BUDI TEGUH WAHYU DWI TRI CATUR SUGENG SUPRIYADI SUYATNO MULYADI
		KARYONO WARSITO PARYONO BAYU DIMAS YANTO PARDI TARNO KASMIN DARSO SANMARTO KARTAM MISKAM RASTAM GALIH SATRIA WARDI TURIMAN KUSWANTO NARTO RASUN`),
		strings.Fields(`SANTOSO WIBOWO SETIAWAN PRASETYO NUGROHO KURNIAWAN SAPUTRA SUSANTO PURNOMO RAHARJO PRANOTO UTOMO KUSUMO HANDOKO MARYANTO SUPRAPTO
		SUDARMO WARDOYO PRAYITNO RIYADI PRATAMA KARTIKO SETYO PAMBUDI WICAKSONO LAKSONO SUMARNO TRIYONO`)},
		naming{0.03, []string{"RARA", "SITI"}, strings.Fields(`TUTIK ENDANG WAHYUNI DWI YULI RATNA INDAH SUMIATI SUKINEM TUKIYEM PARTINI SARTINI WATINI KASINEM RUSMINI MURNI
		SULASTRI SUPARTI ANI WULAN INTAN MEGA MELATI RETNO WARTINI TURINAH SAMIYATI KUSTINAH NARSIH`),
			strings.Fields(`RAHAYU WULANDARI HANDAYANI SUSANTI PUSPITASARI ANGGRAENI SETYOWATI KUSUMAWATI NINGSIH PURWANTI HASTUTI ASTUTI UTAMI
		PERMATASARI OKTAVIANI WIDYAWATI SARASWATI PRATIWI WIJAYANTI ARUMSARI SULISTYOWATI FEBRIANI`)}},
	{0.25, naming{0.35, []string{"MUHAMMAD", "AHMAD", "ABDUL", "MUHAMAD", "MOCHAMAD"}, strings.Fields(`SAMSUL FAUZAN RIZKY ILHAM FAJAR ARIF YUSUF ISMAIL HASAN HUSEN RAHMAT
		LUKMAN IRFAN ZAENAL KHOIRUL MIFTAH NASIKHIN SOLIKHIN`), strings.Fields(`HIDAYATULLAH MAULANA RAMADHAN FIRMANSYAH SYAIFUDIN ROHMAN ANSHORI MUSTOFA MUTTAQIN
		FALAKH MAKRUF KHOLIK ASROR MUBAROK`)},
		naming{0.4, []string{"SITI", "NUR", "UMI"}, strings.Fields(
			`AISYAH FATIMAH KHADIJAH MARYAM LAILA NABILA SALSABILA ZAHRA FITRI ISTIQOMAH MUNIROH ROFIQOH`),
			strings.Fields(`NURJANAH ROHMAH KHASANAH MUNAWAROH SOLIKHAH SAFITRI RAHMAWATI HIDAYATI MAGHFIROH FAUZIYAH AZIZAH`)}},
	{0.06, naming{0.05, []string{"RADEN"}, strings.Fields(`ASEP DADANG UJANG CECEP ENTIS DEDEN JAJANG ENGKUS`),
		strings.Fields(`PERMADI SUTEJA KOMARUDIN SOPANDI RUSTANDI SUHERLAN NUGRAHA WIGUNA`)},
		naming{0.05, []string{"SITI"}, strings.Fields(`NENENG EUIS IMAS ENUNG LILIS TETI IIS`),
			strings.Fields(`ROHAETI KURNIASIH SUMARTINI KOMALASARI NURHAYATI RUKMINI`)}},
	{0.05, naming{0, nil, strings.Fields(`YOHANES MARKUS PAULUS STEFANUS ANDREAS PETRUS LUKAS TOGAR HALOMOAN`),
		strings.Fields(`SIREGAR SIMANJUNTAK SUSILO KRISTANTO WIDAGDO HUTABARAT NAINGGOLAN HARJANTO`)},
		naming{0, nil, strings.Fields(`MARIA YOHANA KRISTINA MARGARETA THERESIA DEBORA`),
			strings.Fields(`KRISTIANI SIREGAR SIHOMBING WIDIASTUTI HUTABARAT YULIANTI`)}},
	{0.02, naming{1, []string{"I WAYAN", "I MADE", "I NYOMAN", "I KETUT", "I GEDE"}, strings.Fields(`SUDARTA ARTANA SUWITRA PARTAMA`),
		strings.Fields(`ADNYANA WIRAWAN SUDIARTA MAHARDIKA`)},
		naming{1, []string{"NI WAYAN", "NI MADE", "NI NYOMAN", "NI KETUT", "NI LUH"}, strings.Fields(`SUKERTI ASTITI PADMINI SUARTINI`),
			strings.Fields(`ARIANI WIDIANTARI SUDIARI LAKSMI`)}},
}

var (
	hamlets = strings.Fields(`KRAJAN KARANGANYAR KALIGONDANG GUNUNGSARI SIDAMULYA PENGEMPON KARANGTENGAH BRUBAHAN SAWANGAN KEDUNGJATI PANUSUPAN
		TLAHAB LOR WANGON KALIJERUK BANJARSARI REJASARI SUMINGKIR`)
	streets = []string{"MAWAR", "MELATI", "KENANGA", "CEMPAKA", "ANGGREK", "RAYA DESA", "PASAR LAMA", "LAPANGAN", "BALAI DESA",
		"SAWAH KIDUL", "KALI BENER"}
)

// name puts a name together; elders are written in the spelling before 1972 at times.
func (g *generator) name(c community, sex Sex, age int) string {
	n := c.male
	if sex == Female {
		n = c.female
	}
	var words []string
	led := g.chance(n.often)
	if led {
		words = append(words, pick(g, n.lead))
	}
	words = append(words, pick(g, n.first))
	switch x := g.rng.Float64(); {
	case x < 0.12 && !led: // one name alone is common in Java
	case x < 0.3 && !led:
		if second := pick(g, n.first); second != words[0] {
			words = append(words, second)
		}
		words = append(words, pick(g, n.last))
	default:
		words = append(words, pick(g, n.last))
	}
	name := strings.Join(words, " ")
	if age > 70 && g.chance(0.15) {
		name = strings.ReplaceAll(name, "U", "OE")
	}
	return name
}
