package procedure

import (
	"fmt"
	"strings"

	"gapura/agreement/reader"
	"gapura/internal/told"
)

// compareModel holds the model of a case against the specification, point by point (H2): what is not met needs an exception, which is there
// before anything is decided.
func compareModel(c *Case, x Facts) (words string, err error) {
	missing := x.Reader.Missing(lines(c.Value("butir_dipenuhi")))
	words = fmt.Sprintf("memenuhi %d dari %d butir spesifikasi", len(x.Reader)-len(missing), len(x.Reader))
	if len(missing) == 0 {
		return words, nil
	}
	names := strings.Join(missing, ", ")
	if c.Value("pengecualian") == "" {
		return "", told.Refuse("Model ini tidak memenuhi butir spesifikasi: " + names + ". Perangkat hanya dapat didaftarkan dengan " +
			"pengecualian; isi alasan dan surat yang mendasarinya.")
	}
	return words + ", tidak memenuhi " + names + "; pengecualian: " + strings.Join(strings.Fields(c.Value("pengecualian")), " "), nil
}

// registerReaders adds readers, and takes in again those of an agreement before, which were deactivated or returned with it (E8).
func registerReaders(c *Case, x Facts) ([]Effect, error) {
	compared, err := compareModel(c, x)
	if err != nil {
		return nil, err
	}
	var fresh []reader.Reader
	var out []Effect
	for _, l := range lines(c.Value("perangkat")) {
		p := append(strings.Split(l, "; "), "")
		r := reader.Reader{Serial: p[0], Model: p[1], SAM: p[2], State: reader.Requested}
		old, known := x.reader(r.Serial)
		switch {
		case !known:
			fresh = append(fresh, r)
		case !old.State.May(reader.Requested):
			return nil, told.Refuse("Perangkat dengan nomor seri " + r.Serial + " sudah terdaftar dan " +
				strings.ToLower(old.State.Label()) + ".")
		default:
			out = append(out, SetReader{x.Institution.ID, old, r})
		}
	}
	if fresh != nil {
		out = append([]Effect{AddReaders{x.Institution.ID, fresh, compared}}, out...)
	}
	return out, nil
}
