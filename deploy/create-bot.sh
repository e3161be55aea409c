#!/bin/sh
# Run once by the image of PostgreSQL, when it makes its data: a plain user and a database of its own.
set -eu
psql --username=postgres --set=ON_ERROR_STOP=1 --set=password="$BOT_PASSWORD" <<'SQL'
CREATE ROLE bot LOGIN PASSWORD :'password' NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE DATABASE bot OWNER bot;
REVOKE CONNECT ON DATABASE bot FROM PUBLIC;
SQL
