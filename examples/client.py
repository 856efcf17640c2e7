"""Gapura's JSON API from Python: look a person up, compare values, deliver data balikan. Standard library alone.

    GAPURA_URL=https://gapura.example GAPURA_TOKEN=... GAPURA_PURPOSE=... python3 client.py lookup NIK REFERENCE
"""
import json
import os
import sys
import urllib.error
import urllib.request


class Refused(Exception):
    """The server's problem: a status and a text in Indonesian that may be shown."""


def call(path, body):
    request = urllib.request.Request(
        os.environ["GAPURA_URL"] + path,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Authorization": "Bearer " + os.environ["GAPURA_TOKEN"]},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise Refused(f"HTTP {error.code}: {json.load(error).get('detail', '')}") from None


def question(nik, reference):
    """The NIK is a string: a number loses its last digits in many languages."""
    return {"nik": nik, "purpose": os.environ["GAPURA_PURPOSE"], "reference": reference}


def lookup(nik, reference):
    answer = call("/api/v1/lookups", question(nik, reference))
    if answer["outcome"] != "found":
        return f"{answer['outcome']}: {answer['message']}"
    return f"found: {answer['person']['nama_lengkap']}"


def match(nik, reference, name, born):
    claims = {"nama_lengkap": name, "tanggal_lahir": born}
    answer = call("/api/v1/matches", {**question(nik, reference), "threshold": 90, "claims": claims})
    if answer["outcome"] != "found":
        return f"{answer['outcome']}: {answer['message']}"
    # Three verdicts: match, mismatch, and not_compared, which is no difference.
    return " ".join(f"{key}={answer['verdicts'][key]['verdict']}" for key in claims)


def balikan(key, nik, number, kind):
    """The same key with the same items may be sent again until it is accepted: it is taken once."""
    item = {"nik": nik, "param": [{"NOMOR": number, "JENIS_BANTUAN": kind}]}
    answer = call("/api/v1/balikan", {"key": key, "items": [item]})
    return f"accepted {answer['accepted']}" + (" (already there)" if answer["repeated"] else "")


if __name__ == "__main__":
    try:
        print({"lookup": lookup, "match": match, "balikan": balikan}[sys.argv[1]](*sys.argv[2:]))
    except Refused as refusal:
        sys.exit(str(refusal))
