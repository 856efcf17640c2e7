package conformance

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// A kase is a line of a file of cases. Each character of its texts is one byte, 0 to 255.
type kase struct {
	Name    string `json:"name"`
	Request string `json:"request"`
	Answer  string `json:"answer"` // without the line Date
}

// A pair is a field that a client sends; the value is as written in JSON ("\"x\"", "1", "null").
type pair struct{ key, value string }

// text is a field that is a string.
func text(key, value string) pair { return pair{key, `"` + value + `"`} }

// An encoding is a way in which clients send the same fields.
type encoding struct {
	name string
	make func(list []pair) (headers, body string)
}

const jsonType = "Content-Type: application/json\r\n"

var encodings = []encoding{
	{"json", func(l []pair) (string, string) { return jsonType, object(l) }},
	{"json-charset", func(l []pair) (string, string) { return "Content-Type: application/json; charset=utf-8\r\n", object(l) }},
	{"json-malformed-type", func(l []pair) (string, string) {
		return "Content-Type: application/json,Accept: application/json\r\n", object(l)
	}},
	{"json-as-form-without-agent", func(l []pair) (string, string) {
		return "Content-Type: application/x-www-form-urlencoded\r\n", "\r\n \t" + object(l)
	}},
	{"json-array", func(l []pair) (string, string) { return "", "[" + object(l) + "]" }},
	{"json-chunked", func(l []pair) (string, string) {
		return jsonType + "Transfer-Encoding: chunked\r\n", chunked(object(l))
	}},
	{"form", func(l []pair) (string, string) {
		return "Content-Type: application/x-www-form-urlencoded\r\n", form(l, "%s")
	}},
	{"form-as-json", func(l []pair) (string, string) { return jsonType, form(l, "%s") }},
	{"form-nested", func(l []pair) (string, string) {
		return "Content-Type: application/x-www-form-urlencoded\r\n", form(l, "data[%s]")
	}},
	{"multipart", func(l []pair) (string, string) {
		return "Content-Type: multipart/form-data; boundary=batas\r\n", multi(l, "%s")
	}},
	{"multipart-nested-without-type", func(l []pair) (string, string) { return "", multi(l, "0[%s]") }},
}

func object(list []pair) string {
	var parts []string
	for _, p := range list {
		parts = append(parts, `"`+p.key+`":`+p.value)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func form(list []pair, key string) string {
	var parts []string
	for _, p := range list {
		parts = append(parts, url.QueryEscape(fmt.Sprintf(key, p.key))+"="+url.QueryEscape(strings.Trim(p.value, `"`)))
	}
	return strings.Join(parts, "&")
}

func multi(list []pair, key string) string {
	var b strings.Builder
	for _, p := range list {
		fmt.Fprintf(&b, "--batas\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n", fmt.Sprintf(key, p.key),
			strings.Trim(p.value, `"`))
	}
	return b.String() + "--batas--\r\n"
}

func chunked(body string) string {
	half := len(body) / 2
	return fmt.Sprintf("%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n", half, body[:half], len(body)-half, body[half:])
}

// request is a request's bytes; the length is added unless the body is chunked.
func request(method, target, headers, body string) string {
	if !strings.Contains(headers, "Transfer-Encoding") && (body != "" || method == "POST") {
		headers += fmt.Sprintf("Content-Length: %d\r\n", utf8.RuneCountInString(body))
	}
	return method + " " + target + " HTTP/1.1\r\nHost: gapura.example\r\nConnection: close\r\n" + headers + "\r\n" + body
}

// post is a request with JSON.
func post(target, body string) string { return request("POST", target, jsonType, body) }

// answer is an answer's bytes, headers in the order of this server.
func answer(status, extra, body string) string {
	headers := []string{"Cache-Control: no-store", "Content-Type: application/json", "X-Content-Type-Options: nosniff"}
	if extra != "" {
		headers = append(strings.Split(extra, "\r\n"), headers...)
		slices.Sort(headers)
	}
	return "HTTP/1.1 " + status + "\r\n" + strings.Join(headers, "\r\n") +
		fmt.Sprintf("\r\nContent-Length: %d\r\nConnection: close\r\n\r\n",
			utf8.RuneCountInString(body)) +
		body
}

// bytes is a text in UTF-8 as characters of one byte each.
func bytes(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

const tail = `],"lastPage":true,"numberOfElements":1,"sort":null,"totalElements":1,"firstPage":true,"number":0,"size":1`

// told is an answer with a content, and the hits left where they are told (below 0: not).
func told(content string, left int) string { return withStatus("200 OK", "", content, left) }

func withStatus(status, extra, content string, left int) string {
	body := `{"content":[` + content + tail
	if left >= 0 {
		body += fmt.Sprintf(`,"quotaLimiter":%d`, left)
	}
	return answer(status, extra, body+"}")
}

const none = -1

// texts are the notices' texts, of D2 and D3, and of D1 where they differ.
var texts = map[string][2]string{
	"03": {"Login Gagal"}, "04": {"IP Tidak Sesuai", "IP Address Tidak Sesuai"},
	"05": {"Kuota Akses Hari Ini Telah Habis", "Kuota Akses Hari ini telah Habis"}, "07": {"Parameter Tidak Lengkap / Tidak Valid"},
	"09": {"User, password dan IP tidak boleh kosong"}, "11": {"Data Ditemukan, Meninggal Dunia"}, "12": {"Data Ditemukan, Data Ganda"},
	"13": {"Data Tidak Ditemukan, NIK tidak terdapat di database Kependudukan", "Data Tidak Ditemukan"},
	"14": {"Data Ditemukan, Status Non Aktif silahkan hubungi Dinas Dukcapil"},
	"15": {"Data Tidak Ditemukan, NIK tidak sesuai format Dukcapil", "Data Tidak Ditemukan"}, "16": {"Instansi Tidak Aktif"},
	"17": {"User ID Tidak Aktif"},
}

// notice is the content of a notice in a dialect.
func notice(dialect, code string) string {
	long, short := texts[code][0], texts[code][1]
	if short == "" {
		short = long
	}
	switch dialect {
	case "D1":
		return `{"RESPON":"` + short + `"}`
	case "D2":
		return `{"RESPONSE_CODE":"` + code + `","RESPONSE_DESC":"` + long + `"}`
	}
	return `{"RESPONSE_CODE":"` + code + `","RESPONSE_DESC":"` + long + `","RESPONSE":"` + long + `","RESPON":"` + long + `"}`
}

// The person that most cases ask for, and the parts of the answer.
const (
	known = "3303010101800001"
	eight = `{"NIK":3303010101800001,"NAMA_LGKP":"DJOKO REKAAN","JENIS_KLMIN":"Laki-Laki","TMPT_LHR":"PURBALINGGA","TGL_LHR":"1980-01-01",` +
		`"STATUS_KAWIN":"KAWIN","JENIS_PKRJN":"PETANI/PEKEBUN","ALAMAT":"JL. CONTOH NO. 1","PROP_NAME":"JAWA TENGAH",` +
		`"KAB_NAME":"PURBALINGGA","NO_KEC":1,"KEC_NAME":"KEMANGKON","KEL_NAME":"KEDUNGBENDA","NO_RT":1,"NO_RW":2}`
)

// verified is the content of a verification by the eight elements in which what is not among the pairs differs.
func verified(pairs ...pair) string {
	keys := []string{"NIK", "NAMA_LGKP", "JENIS_KLMIN", "TMPT_LHR", "TGL_LHR", "STATUS_KAWIN", "JENIS_PKRJN", "ALAMAT", "PROP_NAME",
		"KAB_NAME", "NO_KEC", "KEC_NAME", "KEL_NAME", "NO_RT", "NO_RW"}
	var parts []string
	for _, k := range keys {
		value := `"Tidak Sesuai"`
		switch k {
		case "NIK":
			value = `"Sesuai"`
		case "NAMA_LGKP", "TMPT_LHR", "ALAMAT":
			value = `"Tidak Sesuai (0)"`
		}
		for _, p := range pairs {
			if p.key == k {
				value = p.value
			}
		}
		parts = append(parts, `"`+k+`":`+value)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

const base = "/dukcapil/get_json/"

// who are the credentials of an account in the usual spelling.
func who(account string) []pair {
	passwords := map[string]string{"delapan": "Rahasia-delapan-1", "semua": "Rahasia-semua-2", "nama": "Rahasia-nama-3",
		"kuota": "Rahasia-kuota-4", "tangguh": "Rahasia-tangguh-5", "usai": "Rahasia-usai-6", "jauh": "Rahasia-jauh-7"}
	return []pair{text("user_id", "uji."+account), text("password", passwords[account]), text("ip_user", "10.1.2.3")}
}

// asks are an account's credentials and more, as JSON.
func asks(account string, more ...pair) string { return object(append(who(account), more...)) }
