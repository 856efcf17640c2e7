// Command golang calls the service as a hospital's application does: typed answers, net/http, a form where the vendor's library sends one.
// What it prints is compared by the test.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"strings"
)

type answer struct {
	Content []struct {
		NIK          int64   `json:"NIK"`
		NAMA_LGKP    string  `json:"NAMA_LGKP"`
		TGL_LHR      *string `json:"TGL_LHR"`
		RESPON       string  `json:"RESPON"`
		ResponseCode string  `json:"RESPONSE_CODE"`
		ResponseDesc string  `json:"RESPONSE_DESC"`
	} `json:"content"`
	LastPage      bool        `json:"lastPage"`
	TotalElements int         `json:"totalElements"`
	Sort          interface{} `json:"sort"`
}

var env = os.Getenv

func main() {
	who := map[string]any{"user_id": env("USER_ID"), "password": env("PASSWORD"), "ip_address": "10.0.0.9"}
	ask := func(path, nik string, more ...string) answer {
		m := map[string]any{"nik": nik}
		for k, v := range who {
			m[k] = v
		}
		for i := 0; i < len(more); i += 2 {
			m[more[i]] = more[i+1]
		}
		body, err := json.Marshal(m)
		check(err)
		return read(http.Post(env("HOST")+path, "application/json", io.MultiReader(bytes.NewReader(body)))) // of unknown length: chunked
	}
	fmt.Println("nama=" + ask(env("NATIONAL"), env("FOUND")).Content[0].NAMA_LGKP)
	fmt.Println("meninggal=" + ask(env("NATIONAL"), env("DECEASED")).Content[0].RESPON)
	fmt.Println("wilayah=" + ask(env("REGIONAL"), env("UNKNOWN")).Content[0].ResponseCode)
	fmt.Println("salah=" + ask(env("REGIONAL"), env("FOUND"), "password", "salah").Content[0].ResponseDesc)
	form := url.Values{"NIK": {env("FOUND")}, "user_id": {env("USER_ID")}, "password": {env("PASSWORD")}}
	fmt.Println("formulir=" + read(http.PostForm(env("HOST")+env("NATIONAL"), form)).Content[0].NAMA_LGKP)
	var matched struct {
		Content []map[string]string `json:"content"`
	}
	body, err := json.Marshal(map[string]any{"NIK": env("FOUND"), "user_id": env("USER_ID"), "password": env("PASSWORD"), "ip_user": "1",
		"TRESHOLD": 90, "NAMA_LGKP": env("NAME")})
	check(err)
	r, err := http.Post(env("HOST")+env("VERIFY"), "application/json", bytes.NewReader(body))
	check(err)
	check(json.NewDecoder(r.Body).Decode(&matched))
	fmt.Println("cocok=" + matched.Content[0]["NAMA_LGKP"])

	institution := map[string]any{"id_lembaga": env("ID"), "nama_lembaga": env("LEMBAGA")}
	record := func(key, nik, number, aid string) map[string]any {
		return map[string]any{key: nik, "param": []map[string]string{{"NOMOR": env("RUN") + "-" + number, "JENIS_BANTUAN": aid}}}
	}
	one := record("nik", env("FOUND"), "1", "Pupuk")
	for k, v := range institution {
		one[k] = v
	}
	single, err := json.Marshal(one)
	check(err)
	fmt.Println("balikan=" + send(env("TOKEN"), "application/json", single))
	fmt.Println("ulang=" + send(env("TOKEN"), "application/json", single))
	var parts bytes.Buffer
	w := multipart.NewWriter(&parts)
	param, err := json.Marshal(record("nik", "", "2", "Benih")["param"])
	check(err)
	for k, v := range map[string]string{"nik": env("FOUND"), "id_lembaga": env("ID"), "nama_lembaga": env("LEMBAGA"),
		"param": string(param)} {
		check(w.WriteField(k, v))
	}
	check(w.Close())
	fmt.Println("multipart=" + send(env("TOKEN"), w.FormDataContentType(), parts.Bytes()))
	institution["data"] = []any{record("NIK", env("FOUND"), "3", "Benih"), record("NIK", env("DECEASED"), "4", "Benih")}
	batch, err := json.Marshal([]any{institution})
	check(err)
	fmt.Println("banyak=" + send(env("TOKEN"), "application/json", batch))
	fmt.Println("token=" + strings.Fields(send("salah", "application/json", single))[0])
}

func read(r *http.Response, err error) (a answer) {
	check(err)
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		check(fmt.Errorf("layanan menjawab %d", r.StatusCode))
	}
	check(json.NewDecoder(r.Body).Decode(&a))
	if !a.LastPage || a.TotalElements != 1 || len(a.Content) != 1 {
		check(fmt.Errorf("amplop tidak utuh"))
	}
	return a
}

func send(token, kind string, body []byte) string {
	r, err := http.NewRequest("POST", env("HOST")+"/data_balikan/public/api/store", bytes.NewReader(body))
	check(err)
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	check(err)
	defer answer.Body.Close()
	var m struct{ Message string }
	check(json.NewDecoder(answer.Body).Decode(&m))
	return fmt.Sprint(answer.StatusCode, " ", m.Message)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
