package office

import (
	"context"
	"encoding/json"
	"fmt"

	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/exchange/wire"
	"gapura/office/procedure"
)

// A Setting is what a page would change, with its words.
type Setting struct {
	Agency                 int64 // whose; party.Provider: the office's
	Kind                   string
	Subject, Before, After string
	Text                   string // of a template
	Value                  any    // kept as JSON
}

// The values of settings, as their pages write them.
type (
	// TemplateText is the version of a text that its page saw, which the new one follows.
	TemplateText struct {
		Key     string
		Version int
	}
	// HolidayChange is a day of the calendar.
	HolidayChange struct {
		Holiday obligation.Holiday
		Drop    bool // it is a working day again
	}
	// DecreeChange are the days of a year as a joint decree names them, in the place of the calendar's own.
	DecreeChange struct {
		Year int
		Days []obligation.Holiday
	}
	// ProfileChange is a path of the legacy wire.
	ProfileChange struct {
		Profile wire.Profile
		Drop    bool // it speaks as the default again
	}
)

// ProposeSetting begins the case by which a setting is changed, and takes its first step: it changes once somebody else approves.
func (o *Office) ProposeSetting(ctx context.Context, who Actor, s Setting, reason string) (int64, error) {
	value, err := json.Marshal(s.Value)
	if err != nil {
		return 0, fmt.Errorf("write setting %s: %w", s.Kind, err)
	}
	key := "pengaturan-instansi"
	if s.Agency == party.Provider {
		key = "pengaturan"
	}
	id, err := o.Open(ctx, who, s.Agency, key)
	if err != nil {
		return 0, err
	}
	_, err = o.Take(ctx, who, id, 0, procedure.Input{Values: map[string]string{"pengaturan": s.Kind, "perihal": s.Subject,
		"sebelum": s.Before, "sesudah": s.After, "naskah": s.Text, "nilai": string(value), "alasan": reason}}, nil)
	return id, err
}
