package demo

import (
	"slices"

	"gapura/agreement/agreement"
	"gapura/person/population"
)

type agency struct {
	code, name, head string
	methods          []string
	quota            int
	elements         population.Elements
	purposes         []string
	signed           int // days before today
	years            int
	poc              bool
	suspended        bool
	orderly          bool // has delivered what it owed
	officer          string
	inactive         string // an officer without NDA
	admin            string // who was named by the head
}

// granted are the methods of the agreement, and of the counter's officer: the desk's agency reads cards, too.
func (a agency) granted() []string {
	if a.code == DeskAgency {
		return append(slices.Clone(a.methods), agreement.Reader)
	}
	return a.methods
}

var fewer = population.PKSElements.Without(population.ElMarital).Without(population.ElOccupation)

var agencies = []agency{
	{code: "dinpertan", orderly: true, name: "Dinas Pertanian", head: "Ir. Wiratmaja Sunarya", methods: []string{"portal", "api", "legacy"},
		quota:    200,
		elements: population.PKSElements, purposes: []string{Purpose, "verifikasi penerima pupuk bersubsidi"}, signed: 400, years: 2,
		poc:     true,
		officer: "Ratnasari Puspaningtyas", admin: "Mandalika Prasetyawan", inactive: "Bagja Nirwasita"},
	{code: "dinsos", orderly: true, name: "Dinas Sosial", head: "Dra. Kusumawardani Lestarina", methods: []string{"portal"}, quota: 200,
		elements: population.PKSElements, purposes: []string{Purpose}, signed: 30, years: 2, officer: "Tirtayasa Gumelaring",
		admin: "Hardjanti Sukmaningrum", inactive: "Sekarwangi Pramudita"},
	{code: "dinkes", orderly: true, name: "Dinas Kesehatan", head: "dr. Adiwangsa Prabaswara", methods: []string{"portal", "api"},
		quota:    200,
		elements: fewer, purposes: []string{Purpose, "pendaftaran layanan kesehatan"}, signed: 100, years: 2,
		officer: "Laksmini Hadiwardoyo", admin: "Panembahana Rukmawati"},
	{code: "dinkop", name: "Dinas Koperasi dan UKM", head: "Suryakencana Wibisana", methods: []string{"portal", "api"}, quota: 200,
		elements: population.PKSElements, purposes: []string{Purpose}, signed: 300, years: 1, officer: "Anggraini Wulansasi",
		admin: "Wiryawan Kusumabrata"},
	{code: "disperin", name: "Dinas Perindustrian", head: "Jatmikasari Nugrahanta", methods: []string{"portal", "api"}, quota: 200,
		elements: population.PKSElements, purposes: []string{Purpose}, signed: 780, years: 2, officer: "Pandhita Rahardyan",
		admin: "Retnaningsih Adikusuma"},
	{code: "dishub", name: "Dinas Perhubungan", head: "Brahmantya Wicaksana", methods: []string{"portal", "api"}, quota: 200,
		elements: population.PKSElements, purposes: []string{Purpose}, signed: 200, years: 2, suspended: true,
		officer: "Nawangwulan Setyarini", admin: "Danurwenda Prabasari"},
}
