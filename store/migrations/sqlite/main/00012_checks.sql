-- +goose Up
-- Checks that failed in passing were kept as broken logs; they came to no end.
UPDATE log_checks SET ended = FALSE, broken = '', seen_us = 0 WHERE broken = 'pemeriksaan gagal, silakan ulangi';
