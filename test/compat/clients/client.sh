#!/bin/sh
# As a village application calls the service: curl, sed, no JSON parser; what it prints is compared by the test.
set -eu
value() { sed -n 's/.*"'"$1"'":"\([^"]*\)".*/\1/p'; }
ask() { # path NIK
	curl -sS -X POST -H 'Content-Type: application/json,Accept: application/json' -d "{\"nik\":\"$2\",\"user_id\":\"$USER_ID\",\"password\":\"$PASSWORD\",\"IP_USER\":\"x\"}" "$HOST$1"
}
echo "nama=$(ask "$NATIONAL" "$FOUND" | value NAMA_LGKP)"
echo "meninggal=$(ask "$NATIONAL" "$DECEASED" | value RESPON)"
echo "wilayah=$(ask "$REGIONAL" "$UNKNOWN" | value RESPONSE_CODE)"
echo "salah=$(PASSWORD=salah ask "$REGIONAL" "$FOUND" | value RESPONSE_DESC)"
echo "formulir=$(curl -sS -A '' --data-urlencode "nik=$FOUND" --data-urlencode "user_id=$USER_ID" --data-urlencode "password=$PASSWORD" -d ip_user= "$HOST$NATIONAL" | value NAMA_LGKP)"
echo "cocok=$(curl -sS -H 'Content-Type: application/json' -d "{\"NIK\":\"$FOUND\",\"user_id\":\"$USER_ID\",\"password\":\"$PASSWORD\",\"ip_user\":\"1\",\"TRESHOLD\":90,\"NAMA_LGKP\":\"$NAME\"}" "$HOST$VERIFY" | value NAMA_LGKP)"
send() { # code on one line, message on the next
	curl -sS -o /tmp/compat.$$ -w '%{http_code} ' -H "Authorization: Bearer $TOKEN" "$@" "$HOST/data_balikan/public/api/store"; value message </tmp/compat.$$; rm -f /tmp/compat.$$
}
one="{\"nik\":\"$FOUND\",\"id_lembaga\":\"$ID\",\"nama_lembaga\":\"$LEMBAGA\",\"param\":[{\"NOMOR\":\"$RUN-1\",\"JENIS_BANTUAN\":\"Pupuk\"}]}"
echo "balikan=$(send -H 'Content-Type: application/json' -d "$one")"
echo "ulang=$(send -H 'Content-Type: application/json' -d "$one")"
echo "multipart=$(send -H 'Transfer-Encoding: chunked' -F "nik=$FOUND" -F "id_lembaga=$ID" -F "nama_lembaga=$LEMBAGA" -F "param=[{\"NOMOR\":\"$RUN-2\",\"JENIS_BANTUAN\":\"Benih\"}]")"
echo "banyak=$(send -H 'Content-Type: application/json' -d "[{\"id_lembaga\":\"$ID\",\"nama_lembaga\":\"$LEMBAGA\",\"data\":[{\"NIK\":\"$FOUND\",\"param\":[{\"NOMOR\":\"$RUN-3\",\"JENIS_BANTUAN\":\"Benih\"}]},{\"NIK\":\"$DECEASED\",\"param\":[{\"NOMOR\":\"$RUN-4\",\"JENIS_BANTUAN\":\"Benih\"}]}]}]")"
echo "token=$(TOKEN=salah send -H 'Content-Type: application/json' -d "$one" | cut -d' ' -f1)"
