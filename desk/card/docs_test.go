package card

import (
	"os"
	"regexp"
	"testing"

	"github.com/BurntSushi/toml"
)

// What the guide shows as a configuration is one.
func TestGuideShowsGoodConfiguration(t *testing.T) {
	guide, err := os.ReadFile("../../docs/card.md")
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Services []Service `toml:"card_service"`
	}
	for _, block := range regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllSubmatch(guide, -1) {
		meta, err := toml.Decode(string(block[1]), &c)
		if err != nil || len(meta.Undecoded()) > 0 {
			t.Fatal(err, meta.Undecoded())
		}
	}
	kinds := map[Kind]bool{}
	for _, s := range c.Services {
		if err := s.Check(); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
		kinds[s.Kind] = true
	}
	if len(kinds) != 4 {
		t.Errorf("%d kinds", len(kinds))
	}
}
