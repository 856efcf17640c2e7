package demo

// A Login is one line of demo.json.
type Login struct {
	Role       string `json:"role"`
	Agency     string `json:"agency"`
	User       string `json:"user"`
	Password   string `json:"password"`
	TOTPSecret string `json:"totp_secret"`
}

// An API is the account of an application.
type API struct {
	Agency      string   `json:"agency"`
	Application string   `json:"application"`
	User        string   `json:"user"`
	Password    string   `json:"password"`
	Token       string   `json:"token"`
	Quota       *int     `json:"quota"` // null: no quota
	Methods     []string `json:"methods"`
	Purposes    []string `json:"purposes"`
	Elements    []string `json:"elements"`
}

// A Sample holds NIKs for trying each outcome.
type Sample struct {
	Found     []string `json:"found"`
	Deceased  []string `json:"deceased"`
	Duplicate []string `json:"duplicate"`
	Inactive  []string `json:"inactive"`
	Unknown   []string `json:"unknown"`
	Malformed []string `json:"malformed"`
	Decoy     []string `json:"decoy"`
}

// A Sender is an institution on the data balikan service.
type Sender struct {
	Agency string `json:"agency"`
	ID     string `json:"id_lembaga"`
	Name   string `json:"nama_lembaga"`
	Token  string `json:"token"`
}

// A Legacy is a path of the legacy wire.
type Legacy struct {
	Agency      string `json:"agency"`
	Application string `json:"application"`
	Path        string `json:"path"`
	Dialect     string `json:"dialect"`
	User        string `json:"user"`
	Password    string `json:"password"`
}

// A Result is what demo.json tells of the district.
type Result struct {
	Logins  []Login  `json:"logins"`
	API     []API    `json:"api"`
	Balikan []Sender `json:"balikan"`
	Legacy  []Legacy `json:"legacy"`
	Sample  Sample   `json:"sample"`
}
