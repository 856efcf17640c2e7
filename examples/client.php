<?php
// Gapura's JSON API from PHP: look a person up, compare values, deliver data balikan. No extensions, no Composer.
//
//     GAPURA_URL=https://gapura.example GAPURA_TOKEN=... GAPURA_PURPOSE=... php client.php lookup NIK REFERENCE

declare(strict_types=1);

function call(string $path, array $body): array
{
    $context = stream_context_create(['http' => [
        'method' => 'POST',
        'header' => ['Content-Type: application/json', 'Authorization: Bearer ' . getenv('GAPURA_TOKEN')],
        'content' => json_encode($body, JSON_THROW_ON_ERROR),
        'timeout' => 30,
        'follow_location' => 0, // the token and the NIK go to the configured host alone
        'ignore_errors' => true, // a problem has a body too
    ]]);
    $text = @file_get_contents(getenv('GAPURA_URL') . $path, false, $context);
    if ($text === false) {
        throw new RuntimeException('Gapura does not answer');
    }
    $status = (int) explode(' ', $http_response_header[0])[1];
    $answer = json_decode($text, true, 64, JSON_THROW_ON_ERROR);
    if ($status !== 200) { // with a text in Indonesian that may be shown
        throw new RuntimeException("HTTP $status: " . $answer['detail']);
    }
    return $answer;
}

// The NIK is a string: never (int), never a number in JSON.
function question(string $nik, string $reference): array
{
    return ['nik' => $nik, 'purpose' => getenv('GAPURA_PURPOSE'), 'reference' => $reference];
}

function lookup(string $nik, string $reference): string
{
    $answer = call('/api/v1/lookups', question($nik, $reference));
    return $answer['outcome'] === 'found' ? 'found: ' . $answer['person']['nama_lengkap'] : $answer['outcome'] . ': ' . $answer['message'];
}

function compare(string $nik, string $reference, string $name, string $born): string
{
    $claims = ['nama_lengkap' => $name, 'tanggal_lahir' => $born];
    $answer = call('/api/v1/matches', question($nik, $reference) + ['threshold' => 90, 'claims' => $claims]);
    if ($answer['outcome'] !== 'found') {
        return $answer['outcome'] . ': ' . $answer['message'];
    }
    // Three verdicts: match, mismatch, and not_compared, which is no difference.
    return implode(' ', array_map(fn ($key) => $key . '=' . $answer['verdicts'][$key]['verdict'], array_keys($claims)));
}

// The same key with the same items may be sent again until it is accepted: it is taken once.
function balikan(string $key, string $nik, string $number, string $kind): string
{
    $item = ['nik' => $nik, 'param' => [['NOMOR' => $number, 'JENIS_BANTUAN' => $kind]]];
    $answer = call('/api/v1/balikan', ['key' => $key, 'items' => [$item]]);
    return 'accepted ' . $answer['accepted'] . ($answer['repeated'] ? ' (already there)' : '');
}

$commands = ['lookup' => 'lookup', 'match' => 'compare', 'balikan' => 'balikan'];
try {
    echo $commands[$argv[1]](...array_slice($argv, 2)), "\n";
} catch (RuntimeException $refusal) {
    fwrite(STDERR, $refusal->getMessage() . "\n");
    exit(1);
}
