package config

import (
	"time"

	"filippo.io/age"
)

// Backups say to whom backups are encrypted, and where those of each day go.
type Backups struct {
	BackupRecipients []string `toml:"backup_recipients"` // age public keys, "age1…"
	BackupDir        string   `toml:"backup_dir"`        // of the backups that the program makes by itself; empty: it makes none
	BackupAt         string   `toml:"backup_at"`         // "HH:MM", the office's time
	BackupKeep       int      `toml:"backup_keep"`       // how many of them stay

	Recipients []age.Recipient `toml:"-"`
}

// wrong is the first key that is wrong, and why; empty: none. It fills Recipients.
func (b *Backups) wrong() (key, why string) {
	for _, text := range b.BackupRecipients {
		r, err := age.ParseX25519Recipient(text)
		if err != nil {
			return "backup_recipients", "want public keys of age (age1…)"
		}
		b.Recipients = append(b.Recipients, r)
	}
	if _, err := time.Parse("15:04", b.BackupAt); err != nil {
		return "backup_at", "want HH:MM, for instance 02:00"
	}
	if b.BackupKeep < 2 || b.BackupKeep > 400 {
		return "backup_keep", "want 2 to 400"
	}
	if b.BackupDir != "" && len(b.BackupRecipients) == 0 {
		return "backup_dir", "needs backup_recipients, public keys of age (age1…)"
	}
	return "", ""
}

// TimeOfDay is when the daily backup is made, from midnight; Load checked it.
func (b *Backups) TimeOfDay() time.Duration {
	t, err := time.Parse("15:04", b.BackupAt)
	if err != nil {
		return 0
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}
