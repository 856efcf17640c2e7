package table

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// exact is how many digits a spreadsheet keeps of a number.
const exact = 15

// numberText is a number cell as it is shown: a day when its style says so, else in plain digits. A whole number of more digits than a
// spreadsheet keeps has lost its last ones.
func numberText(v string, style dateStyle, epoch int) (text, fault string) {
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return "", "tidak dapat dibaca"
	}
	if style.date {
		return dayText(f+float64(epoch), style.time), ""
	}
	if math.Abs(f) >= 1e15 {
		return "", lostDigits
	}
	if f == math.Trunc(f) {
		text = strconv.FormatInt(int64(f), 10)
		if missing := style.zeros - len(text); missing > 0 {
			text = strings.Repeat("0", missing) + text
		}
		return text, ""
	}
	// Of a binary fraction only so many digits are meant: 0.1+0.2 is shown as 0.3.
	short, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', exact, 64), 64)
	if err != nil {
		return "", "tidak dapat dibaca"
	}
	return strconv.FormatFloat(short, 'f', -1, 64), ""
}

// dayText is a day by its number since 1899-12-30; a spreadsheet believes that there was a 29 February 1900.
func dayText(n float64, clock bool) string {
	days := math.Floor(n)
	if days < 60 {
		days++
	}
	t := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(days))
	if part := n - math.Floor(n); clock && part > 0 {
		return t.Add(time.Duration(math.Round(part*86400)) * time.Second).Format("2006-01-02 15:04:05")
	}
	return t.Format(time.DateOnly)
}
