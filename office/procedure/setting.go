package procedure

// The settings that only two people change together, because changing one may weaken a protection (E15): each names what its page has
// worked out, and the store reads the value back.
const (
	SettingWatch    = "pengawasan"          // thresholds and rules of the Watcher for an agency
	SettingSnooping = "tanpa-dasar"         // rules against curiosity for an agency (D6)
	SettingDecoy    = "umpan"               // a decoy that is taken away
	SettingTemplate = "templat"             // the text of a letter, weights of the evaluation, layout of workbooks
	SettingCalendar = "kalender"            // a day without work, or a working day again
	SettingDecree   = "kalender-tahun"      // a year's days as the joint decree names them
	SettingPassword = "kata-sandi"          // what the office asks of passwords (B8)
	SettingRegistry = "registri-sendiri"    // the leave to answer from an own registry (A10)
	SettingApproval = "persetujuan-jangkar" // an exception from the journal's anchor (K2)
	SettingWire     = "layanan-lama"        // how a path of the legacy wire speaks, or that it speaks as the default again
)

// ChangeSetting changes a setting.
type ChangeSetting struct {
	Institution            int64  // whose; party.Provider: the office's
	Kind                   string // Setting…
	Subject, Before, After string // in words; nothing changes when the setting is no longer as Before says
	Text                   string // of a template, as it will be
	Value                  string // JSON, as the kind's page wrote it
}

// Words are those of the page.
func (e ChangeSetting) Words() (string, string, string) { return e.Subject, e.Before, e.After }

// changeSetting is what every setting's case brings about.
func changeSetting(c *Case, x Facts) ([]Effect, error) {
	return []Effect{ChangeSetting{Institution: x.Institution.ID, Kind: c.Value("pengaturan"), Subject: c.Value("perihal"),
		Before: c.Value("sebelum"), After: c.Value("sesudah"), Text: c.Value("naskah"), Value: c.Value("nilai")}}, nil
}
