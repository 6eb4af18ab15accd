<?php
// Receives webhooks of Afterword in PHP, with nothing but PHP: checks each signature, and acts once
// on each.
//
// WEBHOOK_SECRET=whsec_... php -S 127.0.0.1:8100 receiver.php

const TOLERANCE = 5 * 60; // seconds that its clock and ours may be apart

// Do what your application does with it.
function act(array $told): void
{
    $line = "{$told['event']} {$told['email']} {$told['score']} {$told['comment']}\n";
    file_put_contents('php://stdout', $line);
}

// The body as it came: parsed and written again, it has another signature.
function is_signed(string $id, string $at, string $given, string $body): bool
{
    if ($id === '' || abs(time() - (int) $at) > TOLERANCE) {
        return false;
    }
    $key = base64_decode(preg_replace('/^whsec_/', '', getenv('WEBHOOK_SECRET')));
    $right = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$at.$body", $key, true));
    foreach (explode(' ', $given) as $each) { // there are two for a day after a change
        if (hash_equals($right, $each)) {
            return true;
        }
    }
    return false;
}

// Whether it is the first time; in an application: a table whose key is the id.
function is_new(string $id): bool
{
    $folder = getenv('WEBHOOK_SEEN') ?: sys_get_temp_dir() . '/webhooks-seen';
    @mkdir($folder);
    return @fopen($folder . '/' . sha1($id), 'x') !== false;
}

$body = file_get_contents('php://input');
$id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
$at = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
if (!is_signed($id, $at, $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '', $body)) {
    http_response_code(401);
    exit;
}
if (is_new($id)) { // it comes again if this answer is lost
    act(json_decode($body, true));
}
http_response_code(204);
